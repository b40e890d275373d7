import type { Logger } from '@aws-lambda-powertools/logger';
import type { Context, CustomMessageTriggerEvent } from 'aws-lambda';
import { type Catalog, MESSAGE_METADATA } from '../../lib/contract/messages';
import { RESERVED_METADATA_KEY } from '../../lib/contract/reset';
import { chooseLocale } from './locale';
import type { MessagesMetrics } from './messages-metrics';
import type { NextFunction } from './next';
import type { Reason } from './reason';
import { render } from './render';
import type { Verifier } from './verifier';

/** Either the result for Cognito, or the event to pass to the next function. */
type Routing = { readonly result: CustomMessageTriggerEvent } | { readonly nextEvent: CustomMessageTriggerEvent };

const DEFAULT_MESSAGE_SENT = 'Cognito sends its default message';

/** The dependencies and settings of the handler. */
export interface Dependencies {
  readonly catalog: Catalog;
  readonly verifier: Verifier;
  /** Whether the user pool supports custom email messages. If not, Cognito rejects a response that contains one. */
  readonly customEmail: boolean;
  /** Resolves when the code of the `next` option is loaded; undefined without the option. */
  readonly next?: Promise<NextFunction>;
  readonly logger: Logger;
  readonly metrics: MessagesMetrics;
}

/**
 * Renders the message of an admin reset and passes all other events to the next function, if there is one. On any error
 * of its own, the handler returns the event unchanged, and Cognito sends its default message. Only an error of the next
 * function is thrown.
 */
export function createHandler(dependencies: Dependencies) {
  const { next, logger } = dependencies;
  return async (event: CustomMessageTriggerEvent, context: Context): Promise<unknown> => {
    logger.addContext(context);
    const routing = await routeEvent(dependencies, event).catch((error: Error): Routing => {
      logger.error(DEFAULT_MESSAGE_SENT, { reason: 'Unexpected' satisfies Reason, errorName: error.name });
      return { result: event };
    });
    if ('result' in routing) return routing.result;
    return (await next)?.invoke(routing.nextEvent);
  };
}

async function routeEvent(dependencies: Dependencies, event: CustomMessageTriggerEvent): Promise<Routing> {
  const { catalog, verifier, next, logger, metrics } = dependencies;
  if (event.triggerSource !== 'CustomMessage_ForgotPassword') {
    return next ? { nextEvent: removeToken(event) } : { result: event };
  }

  const requester = await verifier.identifyRequester(event);
  switch (requester.kind) {
    case 'admin': {
      const template = requester.metadata[MESSAGE_METADATA.template] ?? catalog.defaultTemplate;
      return { result: respondFromTemplate(dependencies, event, template, requester.metadata) };
    }
    case 'selfService':
      if (requester.reason) {
        logger.warn('The token in ClientMetadata is not valid', { reason: requester.reason });
        metrics.countUnverifiedSignature(requester.reason);
      }
      return next
        ? { nextEvent: removeToken(event) }
        : { result: respondFromTemplate(dependencies, event, catalog.selfServiceTemplate, {}) };
    case 'unverifiable':
      // This may be an admin reset, which must not reach the next function.
      logger.error(DEFAULT_MESSAGE_SENT, { reason: 'Unverifiable' satisfies Reason, errorName: requester.errorName });
      metrics.countUnverifiedSignature('Unverifiable');
      return { result: event };
  }
}

function respondFromTemplate(
  { catalog, customEmail, logger }: Dependencies,
  event: CustomMessageTriggerEvent,
  template: string | undefined,
  metadata: Readonly<Record<string, string>>,
): CustomMessageTriggerEvent {
  if (template === undefined) return event;
  if (!Object.hasOwn(catalog.templates, template)) {
    // The name of the template is a metadata value, so it is not logged.
    logger.warn(DEFAULT_MESSAGE_SENT, { reason: 'UnknownTemplate' satisfies Reason });
    return event;
  }
  const { userAttributes, clientMetadata } = event.request;
  const locales = catalog.templates[template];
  // Unverified metadata may choose the locale, but nothing else.
  const wanted = [clientMetadata?.[MESSAGE_METADATA.locale], userAttributes.locale];
  const locale = chooseLocale(wanted, locales, catalog.defaultLocale);
  const { email, sms } = locales[locale];

  const rendered = render(
    { email: customEmail ? email : undefined, sms },
    { username: event.userName, attributes: userAttributes, metadata },
    catalog,
  );
  for (const skipped of rendered.skippedChannels) {
    logger.warn(DEFAULT_MESSAGE_SENT, { ...skipped, template, locale });
  }
  return {
    ...event,
    response: {
      ...event.response,
      ...(rendered.email && { emailSubject: rendered.email.subject, emailMessage: rendered.email.html }),
      ...(rendered.sms !== undefined && { smsMessage: rendered.sms }),
    },
  };
}

function removeToken(event: CustomMessageTriggerEvent): CustomMessageTriggerEvent {
  const { [RESERVED_METADATA_KEY]: token, ...clientMetadata } = event.request.clientMetadata ?? {};
  return token === undefined
    ? event
    : ({ ...event, request: { ...event.request, clientMetadata } } as CustomMessageTriggerEvent);
}
