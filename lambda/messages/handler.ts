import type { Logger } from '@aws-lambda-powertools/logger';
import type { Context, CustomMessageTriggerEvent } from 'aws-lambda';
import { type Catalog, MESSAGE_METADATA } from '../../lib/contract/messages';
import { RESERVED_METADATA_KEY } from '../../lib/contract/reset';
import { chooseLocale } from './locale';
import type { NextFunction } from './next';
import type { Reason } from './reason';
import { render } from './render';
import type { Verifier } from './verifier';

type Event = CustomMessageTriggerEvent;

/** What Cognito is answered, or what the next function is to answer. */
type Decision = { readonly answer: Event } | { readonly forNext: Event };

const LEFT_TO_COGNITO = 'Left to the default message';

/** What the function is made of. */
export interface Dependencies {
  readonly catalog: Catalog;
  readonly verifier: Verifier;
  /** Whether Cognito takes email texts from this function: it refuses the whole answer otherwise. */
  readonly customEmail: boolean;
  /** Resolves when the code of the option is loaded; undefined without the option. */
  readonly next?: Promise<NextFunction>;
  readonly logger: Logger;
}

/**
 * Writes the message of an admin reset, and leaves all other messages to the next function, if there is one. Whatever
 * goes wrong, Cognito gets its event back as it came and sends its own message: only the next function may fail.
 */
export function createHandler(dependencies: Dependencies) {
  const { next, logger } = dependencies;
  return async (event: Event, context: Context): Promise<unknown> => {
    logger.addContext(context);
    const decision = await decide(dependencies, event).catch((error: Error): Decision => {
      logger.error(LEFT_TO_COGNITO, { reason: 'Unexpected' satisfies Reason, errorName: error.name });
      return { answer: event };
    });
    if ('answer' in decision) return decision.answer;
    return (await next)?.invoke(decision.forNext);
  };
}

async function decide(dependencies: Dependencies, event: Event): Promise<Decision> {
  const { catalog, verifier, next, logger } = dependencies;
  if (event.triggerSource !== 'CustomMessage_ForgotPassword') {
    return next ? { forNext: withoutToken(event) } : { answer: event };
  }

  const requester = await verifier.identifyRequester(event);
  switch (requester.kind) {
    case 'admin': {
      const template = requester.metadata[MESSAGE_METADATA.template] ?? catalog.defaultTemplate;
      return { answer: answerWith(dependencies, event, template, requester.metadata) };
    }
    case 'selfService':
      if (requester.reason) logger.warn('Not signed by the reset function', { reason: requester.reason });
      return next
        ? { forNext: withoutToken(event) }
        : { answer: answerWith(dependencies, event, catalog.selfServiceTemplate, {}) };
    case 'unverifiable':
      // Nobody knows whether this is an admin reset, which the next function is not to see.
      logger.error(LEFT_TO_COGNITO, { reason: 'Unverifiable' satisfies Reason, errorName: requester.errorName });
      return { answer: event };
  }
}

function answerWith(
  { catalog, customEmail, logger }: Dependencies,
  event: Event,
  template: string | undefined,
  metadata: Readonly<Record<string, string>>,
): Event {
  if (template === undefined) return event;
  if (!Object.hasOwn(catalog.templates, template)) {
    // Its name is metadata, and not shown.
    logger.warn(LEFT_TO_COGNITO, { reason: 'UnknownTemplate' satisfies Reason });
    return event;
  }
  const { userAttributes, clientMetadata } = event.request;
  const locales = catalog.templates[template];
  // Anybody may choose among the locales.
  const wanted = [clientMetadata?.[MESSAGE_METADATA.locale], userAttributes.locale];
  const locale = chooseLocale(wanted, locales, catalog.defaultLocale);
  const { email, sms } = locales[locale];

  const rendered = render(
    { email: customEmail ? email : undefined, sms },
    { attributes: userAttributes, metadata },
    catalog,
  );
  for (const refusal of rendered.refusals) {
    logger.warn(LEFT_TO_COGNITO, { ...refusal, template, locale });
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

function withoutToken(event: Event): Event {
  const { [RESERVED_METADATA_KEY]: token, ...clientMetadata } = event.request.clientMetadata ?? {};
  return token === undefined ? event : ({ ...event, request: { ...event.request, clientMetadata } } as Event);
}
