import { PinpointSMSVoiceV2Client, SendTextMessageCommand } from '@aws-sdk/client-pinpoint-sms-voice-v2';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { type Json, type Message, type RoleDefinition, ServiceError, type UserPoolDefinition } from '../../model';
import { isAllowed } from '../iam/policy-evaluation';
import type { RoleCredentials } from '../iam/role-credentials';
import { canAssumeRole } from '../iam/trust-policy';
import type { SmsAccount } from '../sms/sms-account';
import { permissionOfSmsRole, SILENT_SMS_ERRORS, SMS_DELIVERY_FAILURE, SMS_TIMEOUT_MS } from './assumptions';

/** The origination identity of a message for which Amazon SNS found no number in the account. */
const CHOSEN_BY_SNS = 'chosen by Amazon SNS';

/** The errors of AWS End User Messaging SMS and Amazon SNS for a role that may not send. */
const ACCESS_DENIED: readonly string[] = ['AccessDeniedException', 'AuthorizationErrorException'];

/** The SmsConfiguration of a user pool's template. */
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

/** An SMS message to send. */
interface SmsMessage {
  readonly pool: UserPoolDefinition;
  readonly to: string;
  readonly body: string;
}

/** The origination identity and the service of a sent message. */
export type SmsSendResult = Pick<Message, 'originationIdentity' | 'smsPath'>;

/**
 * Sends the SMS messages of user pools as Cognito does: it assumes the role of the SmsConfiguration if the role's trust
 * policy allows it, and calls AWS End User Messaging SMS or Amazon SNS with the credentials of that role.
 *
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-sms-settings.html
 */
export class SmsSender {
  constructor(
    private readonly options: {
      readonly roles: readonly RoleDefinition[];
      readonly credentials: RoleCredentials;
      readonly account: SmsAccount;
      /** The endpoint of all services. */
      readonly endpoint: string;
    },
  ) {}

  /**
   * Sends a message, or throws Cognito's error. Does nothing for a user pool without SmsConfiguration. Resolves to
   * undefined for a message that was dropped without an error.
   */
  async send(text: SmsMessage): Promise<SmsSendResult | undefined> {
    const configuration = text.pool.properties.SmsConfiguration as SmsConfiguration | undefined;
    if (configuration === undefined) return {};
    try {
      return configuration.EumsSms === undefined
        ? await this.#sendWithSns(text, configuration)
        : await this.#sendWithEndUserMessaging(text, configuration.EumsSms);
    } catch (error) {
      if (error instanceof SilentFailure) return undefined;
      throw error;
    }
  }

  /**
   * Throws what UpdateUserPool answers for a role that Cognito cannot assume, or that may not send. A role of another app
   * is not validated, because the sandbox does not know it.
   *
   * @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UpdateUserPool.html
   */
  validateRole(pool: UserPoolDefinition): void {
    const { EumsSms, SnsCallerArn = '', ExternalId } = (pool.properties.SmsConfiguration ?? {}) as SmsConfiguration;
    const roleArn = EumsSms?.CallerArn ?? SnsCallerArn;
    const role = this.options.roles.find((other) => other.roleArn === roleArn);
    if (role === undefined) return;
    this.#assumeRole(roleArn, EumsSms === undefined ? ExternalId : EumsSms.ExternalId, pool);
    const { action, resource } = permissionOfSmsRole(EumsSms);
    if (!isAllowed(role, action, resource)) throw accessPolicyError();
  }

  /** EumsSms has no Region of its own, so the message is sent from the Region of the user pool. */
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
    if (role === undefined) throw sandboxError(`role ${roleArn} is not in this app, so the sandbox cannot assume it`);
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

/** Thrown for a message that Cognito drops without an error. */
class SilentFailure extends Error {}

/** Returns the message id. The timeout covers the whole response, including a body that never ends. */
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
    if (SILENT_SMS_ERRORS.includes(name)) throw new SilentFailure();
    throw deliveryFailureError({ name, reason: typeof reason === 'string' ? reason : undefined });
  } finally {
    clearTimeout(timer);
    client.destroy();
  }
}

/**
 * AWS documents InvalidSmsRoleAccessPolicyException for a role that may not send.
 *
 * @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminResetUserPassword.html
 */
function deliveryFailureError({ name, reason }: { name: string; reason?: string }): ServiceError {
  if (ACCESS_DENIED.includes(name)) return accessPolicyError();
  return new ServiceError(SMS_DELIVERY_FAILURE, `Unable to deliver the SMS: ${reason ?? name}`);
}

function accessPolicyError(): ServiceError {
  return new ServiceError(
    'InvalidSmsRoleAccessPolicyException',
    'Role does not have permission to publish with SNS or to send with AWS End User Messaging SMS',
  );
}

/** An error about a limit of the sandbox. The problem must not contain personal data, because the caller sees it. */
function sandboxError(problem: string): ServiceError {
  return new ServiceError('InternalErrorException', `sandbox: ${problem}`, { status: 500 });
}
