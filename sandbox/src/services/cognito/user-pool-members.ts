import type { Json } from '../../model';
import { ATTRIBUTE_UPDATE_SETTINGS_LEFT_OUT, POOL_NAME_LEFT_OUT, TIER_LEFT_OUT } from './assumptions';
import type { Shape, StructureShape } from './structure-validation';

/** What Java, in which Cognito's patterns are written, takes for white space. */
const SPACE = ' \\t\\n\\x0B\\f\\r';
const TEXT = `[\\p{L}\\p{M}\\p{S}\\p{N}\\p{P}${SPACE}]`;

const BOOLEAN: Shape = { type: 'boolean' };
const text = (min: number, max: number, pattern?: RegExp): Shape => ({ type: 'string', min, max, pattern });
const oneOf = (...values: readonly string[]): Shape => ({ type: 'string', values });
const listOf = (items: Shape, min = 0, max?: number): Shape => ({ type: 'list', items, min, max });
const structure = (members: Readonly<Record<string, Shape>>, ...required: readonly string[]): StructureShape => ({
  type: 'structure',
  members,
  required,
});

const ANY_TEXT: Shape = { type: 'string' };
const ARN = text(20, 2048, /^arn:[\w+=/,.@-]+:[\w+=/,.@-]+:([\w+=/,.@-]*)?:[0-9]+:[\w+=/,.@-]+(:[\w+=/,.@-]+){0,2}$/);
const REGION = text(5, 32);
const SMS_MESSAGE = text(6, 140, /^.*\{####\}.*$/);
const EMAIL_MESSAGE = text(6, 20_000, new RegExp(`^${TEXT}*\\{####\\}${TEXT}*$`, 'u'));
const EMAIL_BY_LINK = text(6, 20_000, new RegExp(`^${TEXT}*\\{##${TEXT}*##\\}${TEXT}*$`, 'u'));
const EMAIL_SUBJECT = text(1, 140, new RegExp(`^${TEXT}+$`, 'u'));
const CONTACTS = listOf(oneOf('phone_number', 'email'));
const GRANT_TYPES = listOf(oneOf('code', 'implicit', 'client_credentials'), 0, 3);
const DAYS: Shape = { type: 'integer', min: 0, max: 365 };

const versionedTrigger = (...versions: readonly string[]) =>
  structure({ LambdaVersion: oneOf(...versions), LambdaArn: ARN }, 'LambdaVersion', 'LambdaArn');

/** A member of UpdateUserPool, under its name in a template and in DescribeUserPool. */
interface UserPoolMember {
  readonly shape: Shape;
  /** What happens to the setting when a request leaves the member out. */
  readonly leftOut: 'DEFAULT' | 'KEPT';
  /**
   * What DescribeUserPool answers when nothing has set it.
   *
   * @default - DescribeUserPool leaves it out
   */
  readonly default?: unknown;
  /** What a value that is given has for the members that it leaves out. */
  readonly whenGiven?: Json;
}

/**
 * Every member of UpdateUserPool except the id, with the constraints of its API page. "If you don't provide a value for an
 * attribute, Amazon Cognito sets it to its default value"; the comments name the source of the default, and of every
 * exception. DcrConfiguration, AcrConfiguration and InboundFederation are as in the SDK's model of October 2026.
 *
 * @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UpdateUserPool.html
 * @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UserPoolType.html
 */
export const USER_POOL_MEMBERS: Readonly<Record<string, UserPoolMember>> = {
  // PoolName in requests, Name in answers.
  UserPoolName: { shape: text(1, 128, /^[\w\s+=,.@-]+$/), leftOut: POOL_NAME_LEFT_OUT },
  // Defaults of the password policy: password-policy.ts. SignInPolicy: SignInPolicyType, "PASSWORD" alone.
  Policies: {
    shape: structure({
      PasswordPolicy: structure({
        MinimumLength: { type: 'integer', min: 6, max: 99 },
        RequireUppercase: BOOLEAN,
        RequireLowercase: BOOLEAN,
        RequireNumbers: BOOLEAN,
        RequireSymbols: BOOLEAN,
        PasswordHistorySize: { type: 'integer', min: 0, max: 24 },
        TemporaryPasswordValidityDays: DAYS,
      }),
      // SignInPolicyType: "Do not include" SOFTWARE_TOKEN, which the API model has.
      SignInPolicy: structure({
        AllowedFirstAuthFactors: listOf(oneOf('PASSWORD', 'EMAIL_OTP', 'SMS_OTP', 'WEB_AUTHN'), 1, 5),
      }),
    }),
    leftOut: 'DEFAULT',
    default: { SignInPolicy: { AllowedFirstAuthFactors: ['PASSWORD'] } },
  },
  // UserPoolType and the template reference: INACTIVE.
  DeletionProtection: { shape: oneOf('ACTIVE', 'INACTIVE'), leftOut: 'DEFAULT', default: 'INACTIVE' },
  // Replaced as a whole; an answer of a pool without triggers has an empty object (hashicorp/terraform-provider-aws 3780).
  LambdaConfig: {
    shape: structure({
      PreSignUp: ARN,
      CustomMessage: ARN,
      PostConfirmation: ARN,
      PreAuthentication: ARN,
      PostAuthentication: ARN,
      DefineAuthChallenge: ARN,
      CreateAuthChallenge: ARN,
      VerifyAuthChallengeResponse: ARN,
      PreTokenGeneration: ARN,
      UserMigration: ARN,
      PreTokenGenerationConfig: versionedTrigger('V1_0', 'V2_0', 'V3_0'),
      CustomSMSSender: versionedTrigger('V1_0'),
      CustomEmailSender: versionedTrigger('V1_0'),
      KMSKeyID: ARN,
      InboundFederation: versionedTrigger('V1_0'),
    }),
    leftOut: 'DEFAULT',
    default: {},
  },
  // Emptied when left out (hashicorp/terraform-provider-aws 3458).
  AutoVerifiedAttributes: { shape: CONTACTS, leftOut: 'DEFAULT' },
  // "This parameter is no longer used".
  SmsVerificationMessage: { shape: SMS_MESSAGE, leftOut: 'DEFAULT' },
  EmailVerificationMessage: { shape: EMAIL_MESSAGE, leftOut: 'DEFAULT' },
  EmailVerificationSubject: { shape: EMAIL_SUBJECT, leftOut: 'DEFAULT' },
  // VerificationMessageTemplateType; the answer in aws/aws-cli 7151.
  VerificationMessageTemplate: {
    shape: structure({
      SmsMessage: SMS_MESSAGE,
      EmailMessage: EMAIL_MESSAGE,
      EmailSubject: EMAIL_SUBJECT,
      EmailMessageByLink: EMAIL_BY_LINK,
      EmailSubjectByLink: EMAIL_SUBJECT,
      DefaultEmailOption: oneOf('CONFIRM_WITH_LINK', 'CONFIRM_WITH_CODE'),
    }),
    leftOut: 'DEFAULT',
    default: { DefaultEmailOption: 'CONFIRM_WITH_CODE' },
  },
  // SmsMfaConfigType: without it "your user pool sends a default message".
  SmsAuthenticationMessage: { shape: SMS_MESSAGE, leftOut: 'DEFAULT' },
  UserAttributeUpdateSettings: {
    shape: structure({ AttributesRequireVerificationBeforeUpdate: CONTACTS }),
    leftOut: ATTRIBUTE_UPDATE_SETTINGS_LEFT_OUT,
  },
  // The template reference: OFF. A pool whose triggers were set with nothing else lost its MFA (m-thirumal/aws-cloud-tutorial).
  MfaConfiguration: { shape: oneOf('OFF', 'ON', 'OPTIONAL'), leftOut: 'DEFAULT', default: 'OFF' },
  // UserPoolType: "A null value indicates that you have deactivated device remembering". Any value activates it.
  DeviceConfiguration: {
    shape: structure({ ChallengeRequiredOnNewDevice: BOOLEAN, DeviceOnlyRememberedOnUserPrompt: BOOLEAN }),
    leftOut: 'DEFAULT',
    whenGiven: { ChallengeRequiredOnNewDevice: false, DeviceOnlyRememberedOnUserPrompt: false },
  },
  // EmailConfigurationType: "When you use the default option".
  EmailConfiguration: {
    shape: structure({
      SourceArn: ARN,
      ReplyToEmailAddress: text(0, 131_072, /^[\p{L}\p{M}\p{S}\p{N}\p{P}]+@[\p{L}\p{M}\p{S}\p{N}\p{P}]+$/u),
      EmailSendingAccount: oneOf('COGNITO_DEFAULT', 'DEVELOPER'),
      From: ANY_TEXT,
      ConfigurationSet: text(1, 64, /^[a-zA-Z0-9_-]+$/),
    }),
    leftOut: 'DEFAULT',
    default: { EmailSendingAccount: 'COGNITO_DEFAULT' },
  },
  SmsConfiguration: {
    shape: structure({
      SnsCallerArn: ARN,
      ExternalId: ANY_TEXT,
      SnsRegion: REGION,
      EumsSms: structure(
        {
          CallerArn: ARN,
          ExternalId: ANY_TEXT,
          OriginationIdentity: ANY_TEXT,
          ConfigurationSetName: ANY_TEXT,
          InEntityId: ANY_TEXT,
          InTemplateId: ANY_TEXT,
          Region: REGION,
        },
        'CallerArn',
      ),
    }),
    leftOut: 'DEFAULT',
  },
  // Removed when left out (aws/aws-cli 3302).
  UserPoolTags: {
    shape: { type: 'map', keys: text(1, 128), values: text(0, 256) },
    leftOut: 'DEFAULT',
    default: {},
  },
  // AdminCreateUserConfigType: 7 days; the answer in hashicorp/terraform-provider-aws 3780.
  AdminCreateUserConfig: {
    shape: structure({
      AllowAdminCreateUserOnly: BOOLEAN,
      UnusedAccountValidityDays: DAYS,
      InviteMessageTemplate: structure({
        SMSMessage: text(6, 140),
        EmailMessage: text(6, 20_000),
        EmailSubject: EMAIL_SUBJECT,
      }),
    }),
    leftOut: 'DEFAULT',
    default: { AllowAdminCreateUserOnly: false, UnusedAccountValidityDays: 7 },
  },
  UserPoolAddOns: {
    shape: structure(
      {
        AdvancedSecurityMode: oneOf('OFF', 'AUDIT', 'ENFORCED'),
        AdvancedSecurityAdditionalFlows: structure({ CustomAuthMode: oneOf('AUDIT', 'ENFORCED') }),
      },
      'AdvancedSecurityMode',
    ),
    leftOut: 'DEFAULT',
  },
  // "If you omit this parameter, Amazon Cognito keeps the existing configuration." Members: DcrConfigurationType.
  DcrConfiguration: {
    shape: structure({
      EnableStatus: oneOf('Enabled', 'Disabled'),
      OpenDcrEnabled: BOOLEAN,
      AuthenticatedGrantTypes: GRANT_TYPES,
      OpenDcrGrantTypes: GRANT_TYPES,
      AllowedScopes: listOf(text(1, 256, /^[\x21\x23-\x5B\x5D-\x7E]+$/), 0, 50),
    }),
    leftOut: 'KEPT',
    whenGiven: {
      EnableStatus: 'Enabled',
      OpenDcrEnabled: false,
      AuthenticatedGrantTypes: ['code', 'client_credentials'],
      OpenDcrGrantTypes: ['code'],
    },
  },
  // "In the absence of this setting, Amazon Cognito uses the legacy behavior".
  AccountRecoverySetting: {
    shape: structure({
      RecoveryMechanisms: listOf(
        structure(
          {
            Priority: { type: 'integer', min: 1, max: 2 },
            Name: oneOf('verified_email', 'verified_phone_number', 'admin_only'),
          },
          'Priority',
          'Name',
        ),
        1,
        2,
      ),
    }),
    leftOut: 'DEFAULT',
  },
  // "Defaults to ESSENTIALS".
  UserPoolTier: { shape: oneOf('LITE', 'ESSENTIALS', 'PLUS'), leftOut: TIER_LEFT_OUT, default: 'ESSENTIALS' },
  // KeyConfigurationType: "If not specified, Amazon Web Services managed keys are used".
  KeyConfiguration: {
    shape: structure({ KeyType: oneOf('AWS_OWNED_KEY', 'CUSTOMER_MANAGED_KEY'), KmsKeyArn: ARN }),
    leftOut: 'DEFAULT',
  },
  IssuerConfiguration: { shape: structure({ Type: oneOf('ORIGINAL', 'UPDATED') }), leftOut: 'DEFAULT' },
  // "Always returns the effective configuration, with default names merged in".
  AcrConfiguration: {
    shape: {
      type: 'map',
      keys: oneOf('Level1', 'Level2', 'Level3', 'Level4'),
      values: structure({ AcrValue: text(1, 64, /^[\x21\x23-\x5B\x5D-\x7E]+$/) }, 'AcrValue'),
    },
    leftOut: 'DEFAULT',
    default: Object.fromEntries(
      [1, 2, 3, 4].map((level) => [`Level${level}`, { AcrValue: `urn:cognito:loa:${level}` }]),
    ),
  },
};

const { UserPoolName, ...OTHERS } = Object.fromEntries(
  Object.entries(USER_POOL_MEMBERS).map(([name, { shape }]) => [name, shape]),
);

/** The request of UpdateUserPool. The id is validated with the parameters of all operations. */
export const UPDATE_USER_POOL = structure({ ...OTHERS, PoolName: UserPoolName as Shape });
