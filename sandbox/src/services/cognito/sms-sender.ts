import { PinpointSMSVoiceV2Client, SendTextMessageCommand } from '@aws-sdk/client-pinpoint-sms-voice-v2';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { type Json, type Message, type RoleDefinition, ServiceError, type UserPoolDefinition } from '../../model';
import type { RoleCredentials } from '../iam/role-credentials';
import { canAssumeRole } from '../iam/trust-policy';
import type { SmsAccount } from '../sms/sms-account';
import { CHOSEN_BY_SNS, deliveryFailure, SMS_TIMEOUT_MS } from './assumptions';

/** How the template of a pool says that it sends SMS. */
interface SmsConfiguration {
  readonly ExternalId?: string;
  readonly SnsCallerArn?: string;
  readonly SnsRegion?: string;
  readonly EumsSms?: {
    readonly CallerArn: string;
    readonly ExternalId?: string;
    readonly OriginationIdentity?: string;
    readonly ConfigurationSetName?: string;
    readonly InEntityId?: string;
    readonly InTemplateId?: string;
  };
}

/** One message to send. */
interface SmsMessage {
  readonly pool: UserPoolDefinition;
  readonly to: string;
  readonly body: string;
}

/** What a message tells of how it was sent. */
export type SmsSendResult = Pick<Message, 'originationIdentity' | 'smsPath'>;

/**
 * Sends the SMS of user pools as Cognito does: it assumes the role of the pool's configuration, by its trust policy, and
 * calls AWS End User Messaging SMS or Amazon SNS with the keys of that role.
 *
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-sms-settings.html
 */
export class SmsSender {
  constructor(
    private readonly options: {
      readonly roles: readonly RoleDefinition[];
      readonly credentials: RoleCredentials;
      readonly account: SmsAccount;
      /** The endpoint of the AWS APIs. */
      readonly endpoint: string;
    },
  ) {}

  /** Sends a message, or throws Cognito's error. A pool without a configuration has no way to send, and none is told. */
  async send(text: SmsMessage): Promise<SmsSendResult> {
    const configuration = text.pool.properties.SmsConfiguration as SmsConfiguration | undefined;
    if (configuration === undefined) return {};
    return configuration.EumsSms === undefined
      ? this.#sendWithSns(text, configuration)
      : this.#sendWithEndUserMessaging(text, configuration.EumsSms);
  }

  /** From the Region of the pool, whichever it is. */
  async #sendWithEndUserMessaging({ pool, to, body }: SmsMessage, sms: NonNullable<SmsConfiguration['EumsSms']>) {
    const { OriginationIdentity, ConfigurationSetName, InEntityId, InTemplateId } = sms;
    const client = new PinpointSMSVoiceV2Client(this.#clientConfig(pool, sms.CallerArn, sms.ExternalId));
    const india = Object.entries({ IN_ENTITY_ID: InEntityId, IN_TEMPLATE_ID: InTemplateId });
    const DestinationCountryParameters = Object.fromEntries(india.filter(([, value]) => value !== undefined));
    const MessageId = await sendWithTimeout(client, () =>
      client.send(
        new SendTextMessageCommand({
          DestinationPhoneNumber: to,
          MessageBody: body,
          MessageType: 'TRANSACTIONAL',
          OriginationIdentity,
          ConfigurationSetName,
          DestinationCountryParameters,
        }),
      ),
    );
    const originationIdentity = OriginationIdentity ?? this.#originationIdentityOf(MessageId);
    return { originationIdentity, smsPath: 'END_USER_MESSAGING' } as const;
  }

  async #sendWithSns({ pool, to, body }: SmsMessage, { SnsCallerArn = '', ExternalId, SnsRegion }: SmsConfiguration) {
    const client = new SNSClient(this.#clientConfig(pool, SnsCallerArn, ExternalId, SnsRegion));
    const MessageId = await sendWithTimeout(client, () =>
      client.send(new PublishCommand({ PhoneNumber: to, Message: body })),
    );
    return { originationIdentity: this.#originationIdentityOf(MessageId) ?? CHOSEN_BY_SNS, smsPath: 'SNS' } as const;
  }

  #clientConfig(pool: UserPoolDefinition, roleArn: string, externalId: string | undefined, region?: string) {
    return {
      endpoint: this.options.endpoint,
      region: region ?? pool.userPoolArn.split(':')[3],
      credentials: this.#assumeRole(roleArn, externalId, pool),
      maxAttempts: 1,
    };
  }

  #assumeRole(roleArn: string, externalId: string | undefined, { userPoolArn }: UserPoolDefinition) {
    const role = this.options.roles.find((other) => other.roleArn === roleArn);
    if (role === undefined)
      throw sandboxError(`the role ${roleArn} is not of this app, which the sandbox cannot assume`);
    const context = {
      'sts:ExternalId': externalId,
      'aws:SourceAccount': userPoolArn.split(':')[4],
      'aws:SourceArn': userPoolArn,
    };
    if (!trustsCognito(role, context)) {
      throw new ServiceError(
        'InvalidSmsRoleTrustRelationshipException',
        'Role does not have a trust relationship allowing Cognito to assume the role',
      );
    }
    return this.options.credentials.for(roleArn);
  }

  #originationIdentityOf(messageId: string | undefined): string | undefined {
    return this.options.account.sent.get(messageId ?? '')?.identityArn;
  }
}

function trustsCognito(role: RoleDefinition, context: Record<string, string | undefined>): boolean {
  try {
    return canAssumeRole(role, { service: 'cognito-idp.amazonaws.com', context });
  } catch (error) {
    throw sandboxError((error as Error).message);
  }
}

/** The id of the message. A late answer counts as none, also when its body never ends. */
async function sendWithTimeout(client: { destroy(): void }, send: () => Promise<{ MessageId?: string }>) {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, fail) => {
    const late = Object.assign(new Error('no answer in time'), { name: 'TimeoutError' });
    timer = setTimeout(() => fail(late), SMS_TIMEOUT_MS);
  });
  try {
    return (await Promise.race([send(), timeout])).MessageId;
  } catch (error) {
    const { name, Reason: reason } = error as Error & Json;
    throw deliveryFailure({ name, reason: typeof reason === 'string' ? reason : undefined });
  } finally {
    clearTimeout(timer);
    client.destroy();
  }
}

/** What the sandbox cannot do, in words that reach whoever runs it: they name no user. */
function sandboxError(problem: string): ServiceError {
  return new ServiceError('InternalErrorException', `sandbox: ${problem}`, { status: 500 });
}
