import { attributesToRecord, type User } from 'cognito-local/lib/services/userPoolService';
import type { InvocationResult, Json, Message, UserPoolDefinition } from '../../model';
import { ADMIN_CLIENT_ID, DEFAULT_MESSAGES, triggerEventUser, UNKNOWN_SDK_VERSION } from './assumptions';
import {
  CODE_PARAMETER,
  type CustomMessage,
  callCustomMessageTrigger,
  USERNAME_PARAMETER,
} from './custom-message-trigger';
import type { Contact } from './recovery-contact';
import type { SmsSender } from './sms-sender';

/** A code, or a temporary password, that a pool is to send. */
export interface MessageRequest {
  readonly source: keyof typeof DEFAULT_MESSAGES;
  readonly pool: UserPoolDefinition;
  readonly user: Pick<User, 'Username' | 'UserStatus' | 'Attributes'>;
  readonly to: Contact;
  readonly code: string;
  /** The app client of the request; missing when an administrator made it. */
  readonly clientId?: string;
  readonly clientMetadata?: Readonly<Record<string, string>>;
}

/** Writes every message that a user pool sends: the trigger's text if there is one, else the pool's own. */
export class MessageSender {
  readonly #invokeTrigger: (functionArn: string, event: unknown) => Promise<InvocationResult>;
  readonly #sms: Pick<SmsSender, 'send'> | undefined;
  readonly #deliver: (message: Message) => void;
  readonly #now: () => Date;

  constructor(options: {
    invokeTrigger: (functionArn: string, event: unknown) => Promise<InvocationResult>;
    sms?: Pick<SmsSender, 'send'>;
    deliver: (message: Message) => void;
    now: () => Date;
  }) {
    this.#invokeTrigger = options.invokeTrigger;
    this.#sms = options.sms;
    this.#deliver = options.deliver;
    this.#now = options.now;
  }

  async send(mail: MessageRequest): Promise<void> {
    const { source, pool, user, to, code } = mail;
    const render = (text: string) =>
      text.replaceAll(CODE_PARAMETER, () => code).replaceAll(USERNAME_PARAMETER, () => user.Username);
    const custom = await this.#callTrigger(mail, render);
    const own = defaultMessage(pool.properties, source);
    const channel = to.DeliveryMedium;
    const customBody = channel === 'SMS' ? custom.smsMessage : custom.emailMessage;
    const text = render(customBody ?? (channel === 'SMS' ? own.smsMessage : own.emailMessage));
    const route = channel === 'SMS' && (await this.#sms?.send({ pool, to: to.Destination, body: text }));
    this.#deliver({
      channel,
      destination: to.Destination,
      ...(channel === 'EMAIL' && { subject: render(custom.emailSubject ?? own.emailSubject) }),
      body: text,
      origin: customBody === undefined ? 'DEFAULT' : 'TRIGGER',
      triggerSource: `CustomMessage_${source}`,
      userPoolId: pool.userPoolId,
      ...route,
      sentAt: this.#now(),
    });
  }

  async #callTrigger(mail: MessageRequest, render: (text: string) => string): Promise<CustomMessage> {
    const { properties } = mail.pool;
    const functionArn = (properties.LambdaConfig as { CustomMessage?: string } | undefined)?.CustomMessage;
    if (functionArn === undefined) return {};
    const email = properties.EmailConfiguration as { EmailSendingAccount?: string } | undefined;
    return callCustomMessageTrigger({
      invoke: () => this.#invokeTrigger(functionArn, triggerEvent(mail)),
      sendsThroughSes: email?.EmailSendingAccount === 'DEVELOPER',
      placeholders: mail.source === 'AdminCreateUser' ? [CODE_PARAMETER, USERNAME_PARAMETER] : [CODE_PARAMETER],
      render,
    });
  }
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

/** The pool's own texts: those of its template for invitations, else Cognito's. */
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
