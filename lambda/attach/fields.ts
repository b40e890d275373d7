/**
 * What becomes of a field of DescribeUserPool when the user pool is written back with UpdateUserPool, which sets most of
 * what it is not given to a default.
 *
 * @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UserPoolType.html
 * @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UpdateUserPool.html
 */
export type Field =
  /** It is sent as it was read. */
  | 'CARRIED'
  /** It is sent under another name. */
  | { readonly renamed: string }
  /** It is not sent. Its members are not looked at. */
  | { readonly leftOut: string; readonly volatile?: true }
  /** An object with these members. */
  | { readonly members: Fields }
  /** A list of objects with these members. */
  | { readonly each: Fields }
  /** A map whose keys are chosen by its user, to objects with these members, or to texts. */
  | { readonly map: Fields | 'TEXTS' };

export type Fields = Readonly<Record<string, Field>>;

const FIXED = 'it cannot be changed after the creation of the user pool';
const FIGURE = 'Cognito computes it';
const ELSEWHERE = 'it is set with operations of its own';

const SENDER: Field = { members: { LambdaVersion: 'CARRIED', LambdaArn: 'CARRIED' } };

/** Every field that is known, at every depth. A user pool with another one is not written. */
export const USER_POOL_FIELDS: Fields = {
  Id: { leftOut: 'it is UserPoolId in the request' },
  Arn: { leftOut: FIXED },
  Name: { renamed: 'PoolName' },
  Status: { leftOut: 'it is no longer used', volatile: true },
  CreationDate: { leftOut: FIXED },
  LastModifiedDate: { leftOut: FIGURE, volatile: true },
  EstimatedNumberOfUsers: { leftOut: FIGURE, volatile: true },
  SmsConfigurationFailure: { leftOut: FIGURE, volatile: true },
  EmailConfigurationFailure: { leftOut: FIGURE, volatile: true },
  SchemaAttributes: { leftOut: FIXED },
  AliasAttributes: { leftOut: FIXED },
  UsernameAttributes: { leftOut: FIXED },
  UsernameConfiguration: { leftOut: FIXED },
  Domain: { leftOut: ELSEWHERE },
  CustomDomain: { leftOut: ELSEWHERE },
  // Given without EnableStatus, it turns dynamic client registration on; left out, it is kept.
  DcrConfiguration: { leftOut: 'UpdateUserPool keeps it' },
  Policies: {
    members: {
      PasswordPolicy: {
        members: {
          MinimumLength: 'CARRIED',
          RequireUppercase: 'CARRIED',
          RequireLowercase: 'CARRIED',
          RequireNumbers: 'CARRIED',
          RequireSymbols: 'CARRIED',
          PasswordHistorySize: 'CARRIED',
          TemporaryPasswordValidityDays: 'CARRIED',
        },
      },
      SignInPolicy: { members: { AllowedFirstAuthFactors: 'CARRIED' } },
    },
  },
  DeletionProtection: 'CARRIED',
  LambdaConfig: {
    members: {
      PreSignUp: 'CARRIED',
      CustomMessage: 'CARRIED',
      PostConfirmation: 'CARRIED',
      PreAuthentication: 'CARRIED',
      PostAuthentication: 'CARRIED',
      DefineAuthChallenge: 'CARRIED',
      CreateAuthChallenge: 'CARRIED',
      VerifyAuthChallengeResponse: 'CARRIED',
      PreTokenGeneration: 'CARRIED',
      UserMigration: 'CARRIED',
      PreTokenGenerationConfig: SENDER,
      CustomSMSSender: SENDER,
      CustomEmailSender: SENDER,
      InboundFederation: SENDER,
      KMSKeyID: 'CARRIED',
    },
  },
  AutoVerifiedAttributes: 'CARRIED',
  SmsVerificationMessage: 'CARRIED',
  EmailVerificationMessage: 'CARRIED',
  EmailVerificationSubject: 'CARRIED',
  VerificationMessageTemplate: {
    members: {
      SmsMessage: 'CARRIED',
      EmailMessage: 'CARRIED',
      EmailSubject: 'CARRIED',
      EmailMessageByLink: 'CARRIED',
      EmailSubjectByLink: 'CARRIED',
      DefaultEmailOption: 'CARRIED',
    },
  },
  SmsAuthenticationMessage: 'CARRIED',
  UserAttributeUpdateSettings: { members: { AttributesRequireVerificationBeforeUpdate: 'CARRIED' } },
  MfaConfiguration: 'CARRIED',
  DeviceConfiguration: {
    members: { ChallengeRequiredOnNewDevice: 'CARRIED', DeviceOnlyRememberedOnUserPrompt: 'CARRIED' },
  },
  EmailConfiguration: {
    members: {
      SourceArn: 'CARRIED',
      ReplyToEmailAddress: 'CARRIED',
      EmailSendingAccount: 'CARRIED',
      From: 'CARRIED',
      ConfigurationSet: 'CARRIED',
    },
  },
  SmsConfiguration: {
    members: {
      SnsCallerArn: 'CARRIED',
      ExternalId: 'CARRIED',
      SnsRegion: 'CARRIED',
      EumsSms: {
        members: {
          CallerArn: 'CARRIED',
          ExternalId: 'CARRIED',
          OriginationIdentity: 'CARRIED',
          ConfigurationSetName: 'CARRIED',
          InEntityId: 'CARRIED',
          InTemplateId: 'CARRIED',
          Region: 'CARRIED',
        },
      },
    },
  },
  UserPoolTags: { map: 'TEXTS' },
  AdminCreateUserConfig: {
    members: {
      AllowAdminCreateUserOnly: 'CARRIED',
      // See toUpdateRequest.
      UnusedAccountValidityDays: 'CARRIED',
      InviteMessageTemplate: { members: { SMSMessage: 'CARRIED', EmailMessage: 'CARRIED', EmailSubject: 'CARRIED' } },
    },
  },
  UserPoolAddOns: {
    members: {
      AdvancedSecurityMode: 'CARRIED',
      AdvancedSecurityAdditionalFlows: { members: { CustomAuthMode: 'CARRIED' } },
    },
  },
  AccountRecoverySetting: { members: { RecoveryMechanisms: { each: { Priority: 'CARRIED', Name: 'CARRIED' } } } },
  UserPoolTier: 'CARRIED',
  KeyConfiguration: { members: { KeyType: 'CARRIED', KmsKeyArn: 'CARRIED' } },
  IssuerConfiguration: { members: { Type: 'CARRIED' } },
  AcrConfiguration: { map: { AcrValue: 'CARRIED' } },
};
