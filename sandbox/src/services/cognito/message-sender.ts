import { attributesToRecord, type User } from 'cognito-local/lib/services/userPoolService';
import { type InvocationResult, type Json, type Message, ServiceError, type UserPoolDefinition } from '../../model';
import type { SesAccount } from '../ses/ses-account';
import {
  ADMIN_CLIENT_ID,
  DEFAULT_MESSAGES,
  REFUSED_EMAIL_FAILS,
  triggerEventUser,
  UNKNOWN_SDK_VERSION,
} from './assumptions';
import { notSupportedError } from './cognito-errors';
import {
  CODE_PARAMETER,
  type CustomMessage,
  callCustomMessageTrigger,
  USERNAME_PARAMETER,
} from './custom-message-trigger';
import type { Contact } from './recovery-contact';
import type { SmsSender } from './sms-sender';

/** The error that AWS documents for a code that cannot be delivered. */
const EMAIL_DELIVERY_FAILURE = 'CodeDeliveryFailureException';

/** A message to send: a code or an invitation. */
export interface MessageRequest {
  readonly source: keyof typeof DEFAULT_MESSAGES;
  readonly pool: UserPoolDefinition;
  readonly user: Pick<User, 'Username' | 'UserStatus' | 'Attributes'>;
  readonly to: Contact;
  /** The code, or the temporary password of an invitation. */
  readonly code: string;
  /** The app client of the request; undefined for an operation with IAM credentials. */
  readonly clientId?: string;
  readonly clientMetadata?: Readonly<Record<string, string>>;
}

/** Sends every message of the user pools, with the text of the custom message trigger or the default text. */
export class MessageSender {
  readonly #invokeTrigger: (functionArn: string, event: unknown) => Promise<InvocationResult>;
  readonly #sms: Pick<SmsSender, 'send'> | undefined;
  readonly #ses: Pick<SesAccount, 'send'> | undefined;
  readonly #deliver: (message: Message) => void;
  readonly #now: () => Date;

  constructor(options: {
    invokeTrigger: (functionArn: string, event: unknown) => Promise<InvocationResult>;
    sms?: Pick<SmsSender, 'send'>;
    ses?: Pick<SesAccount, 'send'>;
    deliver: (message: Message) => void;
    now: () => Date;
  }) {
    this.#invokeTrigger = options.invokeTrigger;
    this.#sms = options.sms;
    this.#ses = options.ses;
    this.#deliver = options.deliver;
    this.#now = options.now;
  }

  async send(request: MessageRequest): Promise<void> {
    const { source, pool, user, to, code } = request;
    refuseCustomSender(pool.properties, to);
    const render = (text: string) =>
      text.replaceAll(CODE_PARAMETER, () => code).replaceAll(USERNAME_PARAMETER, () => user.Username);
    const custom = await this.#callTrigger(request, render);
    const defaults = defaultMessage(pool.properties, source);
    const channel = to.DeliveryMedium;
    const customBody = channel === 'SMS' ? custom.smsMessage : custom.emailMessage;
    const text = render(customBody ?? (channel === 'SMS' ? defaults.smsMessage : defaults.emailMessage));
    if (channel === 'EMAIL' && sendsThroughSes(pool)) {
      const refusal = this.#ses?.send(to.Destination);
      if (refusal !== undefined && REFUSED_EMAIL_FAILS) throw new ServiceError(EMAIL_DELIVERY_FAILURE, refusal);
      if (refusal !== undefined) return;
    }
    const smsResult =
      channel === 'SMS' && this.#sms ? await this.#sms.send({ pool, to: to.Destination, body: text }) : {};
    if (smsResult === undefined) return;
    this.#deliver({
      channel,
      destination: to.Destination,
      ...(channel === 'EMAIL' && { subject: render(custom.emailSubject ?? defaults.emailSubject) }),
      body: text,
      origin: customBody === undefined ? 'DEFAULT' : 'TRIGGER',
      triggerSource: `CustomMessage_${source}`,
      userPoolId: pool.userPoolId,
      ...smsResult,
      sentAt: this.#now(),
    });
  }

  async #callTrigger(request: MessageRequest, render: (text: string) => string): Promise<CustomMessage> {
    const { properties } = request.pool;
    const functionArn = (properties.LambdaConfig as { CustomMessage?: string } | undefined)?.CustomMessage;
    if (functionArn === undefined) return {};
    return callCustomMessageTrigger({
      invoke: () => this.#invokeTrigger(functionArn, triggerEvent(request)),
      sendsThroughSes: sendsThroughSes(request.pool),
      placeholders: request.source === 'AdminCreateUser' ? [CODE_PARAMETER, USERNAME_PARAMETER] : [CODE_PARAMETER],
      render,
    });
  }
}

function sendsThroughSes({ properties }: UserPoolDefinition): boolean {
  const email = properties.EmailConfiguration as { EmailSendingAccount?: string } | undefined;
  return email?.EmailSendingAccount === 'DEVELOPER';
}

/**
 * Cognito would invoke it instead of sending, with a code that the AWS Encryption SDK encrypts.
 *
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-custom-sender-triggers.html
 */
function refuseCustomSender({ LambdaConfig }: Json, { DeliveryMedium }: Contact): void {
  const { CustomEmailSender, CustomSMSSender } = (LambdaConfig ?? {}) as Json;
  if (DeliveryMedium === 'EMAIL' && CustomEmailSender !== undefined) throw notSupportedError('a custom email sender');
  if (DeliveryMedium === 'SMS' && CustomSMSSender !== undefined) throw notSupportedError('a custom SMS sender');
}

/** @see https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-custom-message.html */
function triggerEvent({ source, pool, user, clientId = ADMIN_CLIENT_ID, clientMetadata }: MessageRequest): Json {
  const { userName, status } = triggerEventUser(user);
  const [, , , region] = pool.userPoolArn.split(':');
  return {
    version: '1',
    region,
    userPoolId: pool.userPoolId,
    userName,
    callerContext: { awsSdkVersion: UNKNOWN_SDK_VERSION, clientId },
    triggerSource: `CustomMessage_${source}`,
    request: {
      userAttributes: { ...attributesToRecord(user.Attributes), 'cognito:user_status': status },
      codeParameter: CODE_PARAMETER,
      usernameParameter: source === 'AdminCreateUser' ? USERNAME_PARAMETER : null,
      ...(clientMetadata !== undefined && { clientMetadata }),
    },
    response: { smsMessage: null, emailMessage: null, emailSubject: null },
  };
}

/** The texts without a custom message: the user pool's InviteMessageTemplate for invitations, or Cognito's default. */
function defaultMessage(properties: Json, source: MessageRequest['source']): Required<CustomMessage> {
  const { subject, body } = DEFAULT_MESSAGES[source];
  const config = properties.AdminCreateUserConfig as { InviteMessageTemplate?: InviteMessageTemplate } | undefined;
  const template = source === 'AdminCreateUser' ? (config?.InviteMessageTemplate ?? {}) : {};
  return {
    smsMessage: template.SMSMessage ?? body,
    emailMessage: template.EmailMessage ?? body,
    emailSubject: template.EmailSubject ?? subject,
  };
}

type InviteMessageTemplate = Partial<Record<'SMSMessage' | 'EmailMessage' | 'EmailSubject', string>>;
