/**
 * Every operation that functions, commands and custom resources send to AWS, with each of their parameters: what the
 * documentation demands, and the test in which the sandbox enforces it. A custom resource here is a function too. The calls of
 * AWS services, such as Step Functions, are not in it.
 *
 * A test fails when something is sent that is not in the register, or when nothing sends what is: see sent-calls.ts.
 */

/** What the documentation demands, and where the sandbox enforces it, or why it does not. */
export type Demand = { readonly demand: string } & (
  | {
      /** A test file, and the title of a test in it. A title that a table completes is given as far as the file has it. */
      readonly test: readonly [file: string, title: string];
    }
  | { readonly notEnforced: string }
);

export interface Operation {
  /** The prefix of its IAM action. */
  readonly service: string;
  readonly operation: string;
  readonly page: string;
  /**
   * Where the demands were read, when the stored documentation did not have the page itself.
   *
   * @default - on the page
   */
  readonly readIn?: string;
  /** The files that make the call. */
  readonly sentBy: readonly string[];
  /** What is demanded of the call as a whole: rate, consistency, permissions, and the errors that the code relies on. */
  readonly demands: readonly Demand[];
  /**
   * By path. `A.B` is a member of A. `A.*` are the members of a map whose keys are chosen by its user, or the objects of a list.
   */
  readonly parameters: Readonly<Record<string, readonly Demand[]>>;
}

/** The SDK in node_modules, whose documentation comments are those of the API reference, without limits and patterns. */
const SDK = 'the documentation comments of the AWS SDK in node_modules';
/** The model that the API reference is generated from, in the repository boto/botocore. */
const MODEL = 'the API model in boto/botocore';

const COGNITO_API = 'https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_';
const KMS_API = 'https://docs.aws.amazon.com/kms/latest/APIReference/API_';
const DYNAMODB_API = 'https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_';
const S3_API = 'https://docs.aws.amazon.com/AmazonS3/latest/API/API_';
const SMS_API = 'https://docs.aws.amazon.com/pinpoint/latest/apireference_smsvoicev2/API_';
const STATES_API = 'https://docs.aws.amazon.com/step-functions/latest/apireference/API_';
const SNS_API = 'https://docs.aws.amazon.com/sns/latest/api/API_';

const COGNITO_TESTS = 'sandbox/test/services/cognito';
const RESET_TEST = `${COGNITO_TESTS}/admin-reset.test.ts`;
const USERS_TEST = `${COGNITO_TESTS}/users.test.ts`;
const QUOTAS_TEST = `${COGNITO_TESTS}/quotas.test.ts`;
const FORGOT_TEST = `${COGNITO_TESTS}/forgot-password.test.ts`;
const SIGN_IN_TEST = `${COGNITO_TESTS}/sign-in.test.ts`;
const KMS_TEST = 'sandbox/test/services/kms/kms-service.test.ts';
const DYNAMODB_TEST = 'sandbox/test/services/dynamodb/dynamodb-service.test.ts';
const S3_TEST = 'sandbox/test/services/s3/s3-service.test.ts';
const LAMBDA_TEST = 'sandbox/test/services/lambda/lambda-service.test.ts';
const UPDATE_TEST = `${COGNITO_TESTS}/update-user-pool.test.ts`;
const UPDATE_ACCESS_TEST = `${COGNITO_TESTS}/update-user-pool-access.test.ts`;
const STATES_TEST = 'sandbox/test/services/step-functions/step-functions-api.test.ts';
const SES_TEST = 'sandbox/test/services/ses/ses.test.ts';
const SMS_TEST = 'sandbox/test/services/sms/sms-services.test.ts';

const enforced = (demand: string, file: string, title: string): Demand => ({ demand, test: [file, title] });
const notEnforced = (demand: string, reason: string): Demand => ({ demand, notEnforced: reason });

/** A demand that no value can fail. */
const NOTHING_TO_REFUSE = 'there is no value that AWS refuses';

const THROTTLED = 'throttle %s beyond %d requests per second';

const USER_POOL_ID = [
  enforced('required; 1 to 55 characters, [\\w-]+_[0-9a-zA-Z]+', RESET_TEST, 'refuses a user pool id of 56 characters'),
  enforced('an unknown pool is a ResourceNotFoundException', RESET_TEST, 'refuses a user pool that does not exist'),
];
const USERNAME = [
  enforced(
    'required; 1 to 128 characters, [\\p{L}\\p{M}\\p{S}\\p{N}\\p{P}]+',
    RESET_TEST,
    'refuses a user name of 129 characters',
  ),
];
const CLIENT_METADATA = [
  enforced(
    'each key and value has at most 131,072 characters',
    RESET_TEST,
    'refuses a ClientMetadata value of 131,073 characters',
  ),
];
const CLIENT_ID = [enforced('required; 1 to 128 characters, [\\w+]+', FORGOT_TEST, 'an unknown app client')];

const TABLE_NAME = [
  enforced(
    'required; an unknown table is a ResourceNotFoundException',
    DYNAMODB_TEST,
    'is not found when no template has it',
  ),
];
const KEY = [
  enforced(
    'required; the whole primary key; a string of 1 to 2,048 bytes as partition key, to 1,024 bytes as sort key',
    DYNAMODB_TEST,
    'a key of 2,049 bytes',
  ),
];
const EXPRESSION = [
  enforced('at most 4 KB', DYNAMODB_TEST, 'an expression of more than 4 KB'),
  enforced(
    'no reserved word, such as status, without a placeholder',
    DYNAMODB_TEST,
    'a reserved word in an expression',
  ),
];
const CONDITION = [
  ...EXPRESSION,
  enforced(
    'a condition that does not hold is a ConditionalCheckFailedException, and nothing is written',
    DYNAMODB_TEST,
    'changes nothing and returns the item when it is asked for: %s',
  ),
];
const NAMES = [enforced('every name is used in an expression', DYNAMODB_TEST, 'a name that no expression uses')];
const VALUES = [
  enforced('every value is used in an expression', DYNAMODB_TEST, 'a value that no expression uses'),
  enforced('a set is not empty', DYNAMODB_TEST, 'an empty set'),
];
const CONSISTENT_READ = [
  notEnforced(
    'true or false, which is the default: a read may miss the latest writes',
    'dynalite always reads what was written last. The ledger reads consistently wherever an old record would do harm, which its unit tests assert by the input',
  ),
];
const THROUGHPUT = enforced(
  'at most 3,000 read units and 1,000 write units a second for each partition, else ThrottlingException or ProvisionedThroughputExceededException',
  DYNAMODB_TEST,
  'is 1,000 writes a second',
);

const BUCKET = [
  enforced(
    'required; an unknown bucket is NoSuchBucket',
    S3_TEST,
    'is not found in a bucket that is not in the assembly',
  ),
];
const OBJECT_KEY = [
  enforced('required; at most 1,024 bytes', S3_TEST, 'an S3 object has a key of 1,024 bytes at most'),
];
const CONTENT_TYPE = [notEnforced('a MIME type', NOTHING_TO_REFUSE)];
const UPLOAD_ID = [
  enforced(
    'an upload that was aborted, completed or never begun is NoSuchUpload',
    S3_TEST,
    'leaves nothing when it is aborted',
  ),
];
const S3_RATE = notEnforced(
  'SlowDown (503) beyond a rate for each prefix (its page was not looked up)',
  'the functions read and write a few objects for each batch',
);
const BUCKET_KEY_ENCRYPTION = enforced(
  'a bucket with a KMS key needs kms:GenerateDataKey to write, kms:Decrypt to read, and both for a multipart upload',
  S3_TEST,
  'uses an encrypted bucket as far as its permissions on the KMS key go',
);

const SMS_RATE = enforced(
  '1 a second for each account and Region, else ThrottlingException (sms-voice/latest/userguide/quotas.html)',
  SMS_TEST,
  'an operation that describes something accepts one call a second',
);
const PAGE_SIZE = (title: string) => [enforced('1 to 100', SMS_TEST, title)];
const SNS_RATE = notEnforced(
  'Throttled (429) beyond the quota of the account, which has no number on the page',
  'the page gives no number',
);

const MAC = [
  enforced('required; the KMS key must be an HMAC key', KMS_TEST, 'is refused when %s'),
  enforced('an unknown key is a NotFoundException', KMS_TEST, 'is not found by %s'),
];
const MAC_ALGORITHM = [
  enforced('required; one that the key spec supports', KMS_TEST, 'does not support %s when its spec is HMAC_256'),
];
const MAC_MESSAGE = [enforced('required; 1 to 4,096 bytes', KMS_TEST, 'a message of 4097 bytes')];

export const OPERATIONS: readonly Operation[] = [
  {
    service: 'cognito-idp',
    operation: 'AdminResetUserPassword',
    page: `${COGNITO_API}AdminResetUserPassword.html`,
    sentBy: ['lambda/shared/user-pool.ts', 'tools/verify/experiments/users.ts'],
    demands: [
      enforced('UserAccountRecovery: 30 a second, shared with users who reset themselves', QUOTAS_TEST, THROTTLED),
      enforced('self-service account recovery must be configured', RESET_TEST, 'account recovery admin_only (assumed)'),
      enforced('an unknown user is a UserNotFoundException', RESET_TEST, 'refuses a user of another user pool'),
      enforced(
        'a trigger that fails is a UserLambdaValidationException, UnexpectedLambdaException or InvalidLambdaResponseException',
        `${COGNITO_TESTS}/custom-message.test.ts`,
        'fails and changes nothing (assumed) %s',
      ),
      enforced(
        'a role that may not send SMS messages is an InvalidSmsRole…Exception',
        `${COGNITO_TESTS}/sms-delivery.test.ts`,
        'is not sent, and the user is not changed, if the role %s',
      ),
      enforced(
        'an origination number sends so many message parts a second, and the rest is throttled (sms-voice/latest/userguide/sms-limitations-mps.html)',
        `${COGNITO_TESTS}/sms-delivery.test.ts`,
        'is lost without an error if the number sends no more message parts in this second',
      ),
    ],
    parameters: {
      UserPoolId: USER_POOL_ID,
      Username: [
        ...USERNAME,
        enforced('a user name, an alias, or the sub of a local user', RESET_TEST, 'finds a user by sub'),
      ],
      'ClientMetadata.*': CLIENT_METADATA,
    },
  },
  {
    service: 'cognito-idp',
    operation: 'AdminUserGlobalSignOut',
    page: `${COGNITO_API}AdminUserGlobalSignOut.html`,
    readIn: SDK,
    sentBy: ['lambda/shared/user-pool.ts'],
    demands: [
      enforced('UserUpdate: 25 a second', QUOTAS_TEST, THROTTLED),
      enforced('an unknown user is a UserNotFoundException', SIGN_IN_TEST, 'cannot be ended for an unknown user'),
      enforced('revokes the tokens that were issued before', SIGN_IN_TEST, 'is ended by %s'),
    ],
    parameters: { UserPoolId: USER_POOL_ID, Username: USERNAME },
  },
  {
    service: 'cognito-idp',
    operation: 'AdminGetUser',
    page: `${COGNITO_API}AdminGetUser.html`,
    readIn: SDK,
    sentBy: [
      'lambda/campaign/listing/list-source.ts',
      'lambda/campaign/summary/summarizer.ts',
      'lambda/campaign/worker/confirmation.ts',
      'tools/verify/experiments/users.ts',
    ],
    demands: [
      enforced('UserRead: 120 a second', QUOTAS_TEST, THROTTLED),
      enforced(
        'an unknown user is a UserNotFoundException',
        USERS_TEST,
        'gets an error from %s for an unknown user or user pool',
      ),
      enforced(
        'returns the current state, unlike ListUsers',
        USERS_TEST,
        'is eventually consistent, and AdminGetUser is not',
      ),
    ],
    parameters: { UserPoolId: USER_POOL_ID, Username: USERNAME },
  },
  {
    service: 'cognito-idp',
    operation: 'ListUsers',
    page: `${COGNITO_API}ListUsers.html`,
    sentBy: ['lambda/campaign/listing/pool-source.ts', 'tools/verify/experiments/cognito.ts'],
    demands: [
      enforced('UserList: 30 a second', QUOTAS_TEST, THROTTLED),
      enforced('eventually consistent', USERS_TEST, 'is eventually consistent, and AdminGetUser is not'),
      enforced(
        'AttributesToGet, which nothing sends, is refused when a user lacks an attribute',
        USERS_TEST,
        'supports AttributesToGet only for attributes that the users have: %s',
      ),
    ],
    parameters: {
      UserPoolId: USER_POOL_ID,
      Limit: [enforced('0 to 60', USERS_TEST, 'a limit of 61')],
      Filter: [
        enforced(
          'name, operator = or ^=, value in quotation marks; only searchable attributes',
          USERS_TEST,
          'a filter on an attribute that is not searchable',
        ),
      ],
      PaginationToken: [
        enforced(
          '1 to 131,072 characters; one that Cognito returned for this pool',
          USERS_TEST,
          'a forged pagination token',
        ),
        enforced(
          'is valid for a time that AWS does not document',
          USERS_TEST,
          'refuses a pagination token after an hour',
        ),
      ],
    },
  },
  {
    service: 'cognito-idp',
    operation: 'DescribeUserPool',
    page: `${COGNITO_API}DescribeUserPool.html`,
    readIn: SDK,
    sentBy: ['lambda/campaign/preflight/user-pool-checks.ts', 'lambda/attach/user-pool.ts'],
    demands: [
      enforced('UserPoolRead: 15 a second', QUOTAS_TEST, THROTTLED),
      enforced(
        'returns defaults for what the template omits',
        USERS_TEST,
        'returns AWS’s defaults for the properties that the template omits',
      ),
    ],
    parameters: { UserPoolId: USER_POOL_ID },
  },
  {
    service: 'cognito-idp',
    operation: 'UpdateUserPool',
    page: `${COGNITO_API}UpdateUserPool.html`,
    readIn: SDK,
    sentBy: ['lambda/attach/user-pool.ts'],
    demands: [
      enforced('sets what is left out to its default', UPDATE_TEST, 'UpdateUserPool sets to its default'),
      enforced('both validities of temporary passwords are refused', UPDATE_TEST, 'is refused as it is'),
      enforced('iam:PassRole on the SMS role', UPDATE_ACCESS_TEST, 'who gives a user pool an SMS configuration'),
      enforced('UserPoolUpdate: 15 a second', QUOTAS_TEST, THROTTLED),
    ],
    // The function sends what DescribeUserPool returned.
    parameters: Object.fromEntries(
      [
        'AccountRecoverySetting.RecoveryMechanisms.*.Name',
        'AccountRecoverySetting.RecoveryMechanisms.*.Priority',
        'AdminCreateUserConfig.AllowAdminCreateUserOnly',
        'AutoVerifiedAttributes',
        'DeletionProtection',
        'DeviceConfiguration.ChallengeRequiredOnNewDevice',
        'DeviceConfiguration.DeviceOnlyRememberedOnUserPrompt',
        'EmailConfiguration.EmailSendingAccount',
        'EmailConfiguration.From',
        'EmailConfiguration.SourceArn',
        'EmailVerificationMessage',
        'EmailVerificationSubject',
        'LambdaConfig.CreateAuthChallenge',
        'LambdaConfig.CustomEmailSender.LambdaArn',
        'LambdaConfig.CustomEmailSender.LambdaVersion',
        'LambdaConfig.CustomMessage',
        'LambdaConfig.KMSKeyID',
        'LambdaConfig.DefineAuthChallenge',
        'LambdaConfig.PostAuthentication',
        'LambdaConfig.PostConfirmation',
        'LambdaConfig.PreAuthentication',
        'LambdaConfig.PreSignUp',
        'LambdaConfig.PreTokenGeneration',
        'LambdaConfig.UserMigration',
        'LambdaConfig.VerifyAuthChallengeResponse',
        'MfaConfiguration',
        'Policies.PasswordPolicy.MinimumLength',
        'Policies.PasswordPolicy.RequireLowercase',
        'Policies.PasswordPolicy.RequireNumbers',
        'Policies.PasswordPolicy.RequireSymbols',
        'Policies.PasswordPolicy.RequireUppercase',
        'Policies.PasswordPolicy.TemporaryPasswordValidityDays',
        'Policies.SignInPolicy.AllowedFirstAuthFactors',
        'SmsConfiguration.EumsSms.CallerArn',
        'SmsConfiguration.EumsSms.ExternalId',
        'SmsConfiguration.EumsSms.OriginationIdentity',
        'SmsConfiguration.ExternalId',
        'SmsConfiguration.SnsCallerArn',
        'SmsConfiguration.SnsRegion',
        'SmsVerificationMessage',
        'UserAttributeUpdateSettings.AttributesRequireVerificationBeforeUpdate',
        'UserPoolAddOns.AdvancedSecurityMode',
        'UserPoolId',
        'UserPoolTags.team',
        'UserPoolTier',
        'VerificationMessageTemplate.DefaultEmailOption',
        'VerificationMessageTemplate.EmailMessage',
        'VerificationMessageTemplate.EmailMessageByLink',
        'VerificationMessageTemplate.EmailSubject',
        'VerificationMessageTemplate.EmailSubjectByLink',
        'VerificationMessageTemplate.SmsMessage',
      ].map((path) => [
        path,
        [enforced('as DescribeUserPool returned it', UPDATE_TEST, 'changes nothing when it is written back')],
      ]),
    ),
  },
  {
    service: 'cognito-idp',
    operation: 'GetUserPoolMfaConfig',
    page: `${COGNITO_API}GetUserPoolMfaConfig.html`,
    readIn: SDK,
    sentBy: ['lambda/attach/user-pool.ts'],
    demands: [
      enforced('has TOTP, email MFA and passkeys, which nothing else returns', UPDATE_TEST, 'GetUserPoolMfaConfig'),
    ],
    parameters: { UserPoolId: USER_POOL_ID },
  },
  {
    service: 'cognito-idp',
    operation: 'ForgotPassword',
    page: `${COGNITO_API}ForgotPassword.html`,
    readIn: SDK,
    sentBy: ['tools/demo/walkthrough.ts', 'tools/verify/experiments/cognito.ts'],
    demands: [
      enforced('UserAccountRecovery: 30 a second', QUOTAS_TEST, THROTTLED),
      enforced(
        'takes no credentials',
        `${COGNITO_TESTS}/cognito-service.test.ts`,
        'is undefined for %s, which needs no credentials',
      ),
    ],
    parameters: { ClientId: CLIENT_ID, Username: USERNAME, 'ClientMetadata.*': CLIENT_METADATA },
  },
  {
    service: 'cognito-idp',
    operation: 'ConfirmForgotPassword',
    page: `${COGNITO_API}ConfirmForgotPassword.html`,
    readIn: SDK,
    sentBy: ['tools/demo/walkthrough.ts', 'tools/verify/experiments/cognito.ts'],
    demands: [
      enforced('UserAccountRecovery: 30 a second', QUOTAS_TEST, THROTTLED),
      enforced('a code is valid for one hour', FORGOT_TEST, 'refuses a code after an hour'),
    ],
    parameters: {
      ClientId: CLIENT_ID,
      Username: USERNAME,
      ConfirmationCode: [
        enforced(
          'required; the code that was sent last, else CodeMismatchException',
          FORGOT_TEST,
          'refuses a wrong code, and still accepts the right one',
        ),
      ],
      Password: [enforced('required; meets the password policy of the pool', FORGOT_TEST, 'PasswordPolicy')],
    },
  },
  {
    service: 'cognito-idp',
    operation: 'InitiateAuth',
    page: `${COGNITO_API}InitiateAuth.html`,
    readIn: SDK,
    sentBy: ['tools/demo/walkthrough.ts', 'tools/verify/experiments/cognito.ts', 'tools/verify/experiments/users.ts'],
    demands: [
      notEnforced(
        'UserAuthentication: a quota of requests a second (its number was not looked up)',
        'only npm start sends it, one call at a time',
      ),
      enforced(
        'a user in RESET_REQUIRED is a PasswordResetRequiredException',
        SIGN_IN_TEST,
        'is refused after a reset until the user confirms the code',
      ),
    ],
    parameters: {
      ClientId: CLIENT_ID,
      AuthFlow: [
        enforced('required; one that the app client allows', SIGN_IN_TEST, '%s refuses the authentication flow %s'),
      ],
      'AuthParameters.*': [enforced('USERNAME and PASSWORD for USER_PASSWORD_AUTH', SIGN_IN_TEST, 'is refused %s')],
    },
  },
  {
    service: 'kms',
    operation: 'GenerateMac',
    page: `${KMS_API}GenerateMac.html`,
    sentBy: ['lambda/shared/signing/signer.ts'],
    demands: [
      enforced('a key that is disabled or pending is refused', KMS_TEST, 'is refused when %s'),
      notEnforced(
        'a quota of requests a second, by Region (its page was not looked up)',
        'Cognito accepts 30 resets a second',
      ),
    ],
    parameters: { KeyId: MAC, MacAlgorithm: MAC_ALGORITHM, Message: MAC_MESSAGE },
  },
  {
    service: 'kms',
    operation: 'VerifyMac',
    page: `${KMS_API}VerifyMac.html`,
    readIn: SDK,
    sentBy: ['lambda/messages/verifier.ts'],
    demands: [
      enforced(
        'a wrong MAC is a KMSInvalidMacException, not MacValid: false',
        KMS_TEST,
        'is not accepted by VerifyMac with %s',
      ),
    ],
    parameters: {
      KeyId: MAC,
      MacAlgorithm: MAC_ALGORITHM,
      Message: MAC_MESSAGE,
      Mac: [enforced('required; 1 to 6,144 bytes', KMS_TEST, 'is refused when VerifyMac has %s')],
    },
  },
  {
    service: 'dynamodb',
    operation: 'GetItem',
    page: `${DYNAMODB_API}GetItem.html`,
    readIn: SDK,
    sentBy: ['lambda/campaign/shared/ledger.ts'],
    demands: [THROUGHPUT],
    parameters: { TableName: TABLE_NAME, 'Key.*': KEY, ConsistentRead: CONSISTENT_READ },
  },
  {
    service: 'dynamodb',
    operation: 'BatchGetItem',
    page: `${DYNAMODB_API}BatchGetItem.html`,
    sentBy: ['lambda/campaign/shared/ledger.ts'],
    demands: [
      enforced('at most 100 items', DYNAMODB_TEST, 'a batch of 101 keys'),
      notEnforced(
        'at most 16 MB, and 1 MB for each partition; the rest are UnprocessedKeys',
        'the records of the ledger are far below it',
      ),
      enforced(
        'keys beyond the throughput are UnprocessedKeys, to be asked for again with exponential backoff',
        DYNAMODB_TEST,
        'leaves keys of a batch unprocessed, and refuses a batch of which no key is read',
      ),
      THROUGHPUT,
    ],
    parameters: {
      'RequestItems.*.Keys.*.*': [...KEY, enforced('no key twice', DYNAMODB_TEST, 'a batch that has a key twice')],
      'RequestItems.*.ConsistentRead': CONSISTENT_READ,
    },
  },
  {
    service: 'dynamodb',
    operation: 'PutItem',
    page: `${DYNAMODB_API}PutItem.html`,
    readIn: SDK,
    sentBy: ['lambda/campaign/shared/ledger.ts', 'lambda/reset/idempotency.ts'],
    demands: [THROUGHPUT],
    parameters: {
      TableName: TABLE_NAME,
      'Item.*': [...KEY, enforced('at most 400 KB', DYNAMODB_TEST, 'an item of more than 400 KB')],
      ConditionExpression: CONDITION,
      'ExpressionAttributeNames.*': NAMES,
      'ExpressionAttributeValues.*': VALUES,
      ReturnValuesOnConditionCheckFailure: [
        enforced(
          'ALL_OLD or NONE; the item is in the error',
          DYNAMODB_TEST,
          'changes nothing and returns the item when it is asked for: %s',
        ),
      ],
    },
  },
  {
    service: 'dynamodb',
    operation: 'UpdateItem',
    page: `${DYNAMODB_API}UpdateItem.html`,
    readIn: `${DYNAMODB_API}Update.html and ${SDK}`,
    sentBy: ['lambda/campaign/shared/ledger.ts', 'lambda/messages/used-signatures.ts', 'lambda/reset/idempotency.ts'],
    demands: [THROUGHPUT],
    parameters: {
      TableName: TABLE_NAME,
      'Key.*': KEY,
      UpdateExpression: EXPRESSION,
      ConditionExpression: CONDITION,
      'ExpressionAttributeNames.*': NAMES,
      'ExpressionAttributeValues.*': VALUES,
      ReturnValues: [
        enforced(
          'NONE, ALL_OLD, UPDATED_OLD, ALL_NEW or UPDATED_NEW; a put takes the first two',
          DYNAMODB_TEST,
          'ALL_NEW as ReturnValues of a put',
        ),
      ],
    },
  },
  {
    service: 'dynamodb',
    operation: 'DeleteItem',
    page: `${DYNAMODB_API}DeleteItem.html`,
    readIn: SDK,
    sentBy: ['lambda/reset/idempotency.ts'],
    demands: [THROUGHPUT],
    parameters: { TableName: TABLE_NAME, 'Key.*': KEY },
  },
  {
    service: 's3',
    operation: 'GetObject',
    page: `${S3_API}GetObject.html`,
    readIn: SDK,
    sentBy: ['lambda/campaign/shared/bucket.ts', 'tools/shared/campaign-report.ts'],
    demands: [
      S3_RATE,
      BUCKET_KEY_ENCRYPTION,
      enforced(
        'NoSuchKey for a missing object, AccessDenied without permission to list the bucket',
        S3_TEST,
        'is told that an object is missing only if it may list the bucket',
      ),
    ],
    parameters: {
      Bucket: BUCKET,
      Key: OBJECT_KEY,
      range: [enforced('one range of bytes; InvalidRange when it begins after the end', S3_TEST, 'is refused for %s')],
      'if-match': [
        enforced(
          'PreconditionFailed (412) when the ETag differs',
          S3_TEST,
          'is read with If-Match only while its ETag matches',
        ),
      ],
      'x-amz-checksum-mode': [
        notEnforced('ENABLED, which the SDK adds when it reads a whole object', NOTHING_TO_REFUSE),
      ],
    },
  },
  {
    service: 's3',
    operation: 'ListObjectsV2',
    page: `${S3_API}ListObjectsV2.html`,
    readIn: SDK,
    sentBy: ['tools/shared/campaign-report.ts'],
    demands: [enforced('1,000 keys a page', S3_TEST, 'returns pages that contain every key')],
    parameters: {
      Bucket: BUCKET,
      prefix: [notEnforced('any text', NOTHING_TO_REFUSE)],
    },
  },
  {
    service: 's3',
    operation: 'PutObject',
    page: `${S3_API}PutObject.html`,
    readIn: SDK,
    sentBy: ['lambda/campaign/shared/bucket.ts', 'tools/campaign/campaign.ts'],
    demands: [S3_RATE, BUCKET_KEY_ENCRYPTION],
    parameters: {
      Bucket: BUCKET,
      Key: OBJECT_KEY,
      Body: [
        notEnforced(
          'at most 5 GB, of a known length',
          'the functions write parts of 8 MiB; the sandbox refuses more than 64 MiB',
        ),
      ],
      'content-type': CONTENT_TYPE,
    },
  },
  {
    service: 's3',
    operation: 'CreateMultipartUpload',
    page: `${S3_API}CreateMultipartUpload.html`,
    readIn: SDK,
    sentBy: ['lambda/campaign/shared/bucket.ts'],
    demands: [S3_RATE, BUCKET_KEY_ENCRYPTION],
    parameters: { Bucket: BUCKET, Key: OBJECT_KEY, 'content-type': CONTENT_TYPE },
  },
  {
    service: 's3',
    operation: 'UploadPart',
    page: `${S3_API}UploadPart.html`,
    readIn: 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html',
    sentBy: ['lambda/campaign/shared/bucket.ts'],
    demands: [S3_RATE, BUCKET_KEY_ENCRYPTION],
    parameters: {
      Bucket: BUCKET,
      Key: OBJECT_KEY,
      uploadId: UPLOAD_ID,
      partNumber: [enforced('1 to 10,000', S3_TEST, 'has no part with the number %d')],
      Body: [
        enforced(
          'at least 5 MiB, but for the last part',
          S3_TEST,
          'requires at least 5 MB of every part except the last',
        ),
      ],
      'content-type': CONTENT_TYPE,
    },
  },
  {
    service: 's3',
    operation: 'CompleteMultipartUpload',
    page: `${S3_API}CompleteMultipartUpload.html`,
    readIn: `https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html and ${SDK}`,
    sentBy: ['lambda/campaign/shared/bucket.ts'],
    demands: [
      S3_RATE,
      BUCKET_KEY_ENCRYPTION,
      notEnforced('may answer 200 with an error in its body', 'the SDK makes an error of it, and retries it'),
    ],
    parameters: {
      Bucket: BUCKET,
      Key: OBJECT_KEY,
      uploadId: UPLOAD_ID,
      Body: [
        enforced(
          'number and ETag of each part, in ascending order',
          S3_TEST,
          'is completed only with its parts in ascending order',
        ),
      ],
      'content-type': CONTENT_TYPE,
    },
  },
  {
    service: 's3',
    operation: 'AbortMultipartUpload',
    page: `${S3_API}AbortMultipartUpload.html`,
    readIn: SDK,
    sentBy: ['lambda/campaign/shared/bucket.ts'],
    demands: [S3_RATE],
    parameters: { Bucket: BUCKET, Key: OBJECT_KEY, uploadId: UPLOAD_ID },
  },
  {
    service: 'lambda',
    operation: 'Invoke',
    page: 'https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html',
    sentBy: [
      'lambda/messages/next.ts',
      'lambda/campaign/preflight/sms-checks.ts',
      'tools/demo/walkthrough.ts',
      'tools/readiness/readiness.ts',
    ],
    demands: [
      enforced(
        'a function error is in a header, with status 200',
        LAMBDA_TEST,
        'returns a function error in the header',
      ),
      enforced(
        'more at once than the reserved concurrency are a TooManyRequestsException',
        LAMBDA_TEST,
        'is limited by the reserved concurrency',
      ),
      enforced(
        'is made in the Region of the function',
        'sandbox/test/sandbox.test.ts',
        'refuses to invoke a function by a request that is signed for another Region',
      ),
    ],
    parameters: {
      FunctionName: [
        enforced(
          'required; a name of 64 characters at most, or an ARN, of the function, a version or an alias',
          LAMBDA_TEST,
          'can be invoked as %s',
        ),
        enforced('an unknown function is a ResourceNotFoundException', LAMBDA_TEST, 'answers %s with status %i'),
      ],
      Payload: [
        enforced(
          'JSON of at most 6 MB, or 1 MB for an asynchronous invocation',
          LAMBDA_TEST,
          'answers %s with status %i',
        ),
      ],
    },
  },
  {
    service: 'sms-voice',
    operation: 'DescribeAccountAttributes',
    page: `${SMS_API}DescribeAccountAttributes.html`,
    readIn: MODEL,
    sentBy: ['lambda/sms-readiness/direct.ts'],
    demands: [SMS_RATE, enforced('IAM checks *', SMS_TEST, 'describes the tier and the spend limit of the account')],
    parameters: {},
  },
  {
    service: 'sms-voice',
    operation: 'DescribeSpendLimits',
    page: `${SMS_API}DescribeSpendLimits.html`,
    readIn: MODEL,
    sentBy: ['lambda/sms-readiness/direct.ts'],
    demands: [SMS_RATE, enforced('IAM checks *', SMS_TEST, 'describes the tier and the spend limit of the account')],
    parameters: {},
  },
  {
    service: 'sms-voice',
    operation: 'DescribePhoneNumbers',
    page: `${SMS_API}DescribePhoneNumbers.html`,
    sentBy: ['lambda/sms-readiness/origination-identity.ts'],
    demands: [SMS_RATE, enforced('fails for all when one is unknown', SMS_TEST, 'reports an unknown %s as not found')],
    parameters: {
      PhoneNumberIds: [
        enforced('at most 5', SMS_TEST, 'six phone numbers'),
        enforced('each of 1 to 256 characters, [A-Za-z0-9_:/-]+', SMS_TEST, 'an id of 257 characters'),
      ],
    },
  },
  {
    service: 'sms-voice',
    operation: 'DescribeSenderIds',
    page: `${SMS_API}DescribeSenderIds.html`,
    readIn: MODEL,
    sentBy: ['lambda/sms-readiness/origination-identity.ts'],
    demands: [SMS_RATE, enforced('fails for all when one is unknown', SMS_TEST, 'reports an unknown %s as not found')],
    parameters: {
      'SenderIds.*.SenderId': [
        enforced('at most 5', SMS_TEST, 'six sender ids'),
        enforced('required; a sender ID or its ARN', SMS_TEST, 'a sender id with a space'),
      ],
      'SenderIds.*.IsoCountryCode': [
        notEnforced(
          'required; two capital letters',
          'the function takes it from the ARN, which names the sender ID for the sandbox',
        ),
      ],
    },
  },
  {
    service: 'sms-voice',
    operation: 'DescribePools',
    page: `${SMS_API}DescribePools.html`,
    readIn: MODEL,
    sentBy: ['lambda/sms-readiness/origination-identity.ts'],
    demands: [SMS_RATE, enforced('fails for all when one is unknown', SMS_TEST, 'reports an unknown %s as not found')],
    parameters: {
      PoolIds: [enforced('at most 5', SMS_TEST, 'six pools')],
    },
  },
  {
    service: 'sms-voice',
    operation: 'ListPoolOriginationIdentities',
    page: `${SMS_API}ListPoolOriginationIdentities.html`,
    readIn: MODEL,
    sentBy: ['lambda/sms-readiness/origination-identity.ts'],
    demands: [notEnforced('a quota of requests a second (its number was not looked up)', 'a report makes one call')],
    parameters: {
      PoolId: [enforced('required; 1 to 256 characters, [A-Za-z0-9_:/-]+', SMS_TEST, 'a pool with a space')],
      MaxResults: PAGE_SIZE('pages of 101 members'),
    },
  },
  {
    service: 'sms-voice',
    operation: 'DescribeOptedOutNumbers',
    page: `${SMS_API}DescribeOptedOutNumbers.html`,
    readIn: MODEL,
    sentBy: ['lambda/sms-readiness/direct.ts'],
    demands: [SMS_RATE],
    parameters: {
      OptOutListName: [
        enforced('required; 1 to 256 characters, [A-Za-z0-9_:/-]+', SMS_TEST, 'an opt-out list with a space'),
        enforced(
          'an unknown list is a ResourceNotFoundException',
          SMS_TEST,
          'opt-out list whose numbers are requested',
        ),
      ],
      MaxResults: PAGE_SIZE('pages of 101 numbers'),
    },
  },
  {
    service: 'sns',
    operation: 'GetSMSSandboxAccountStatus',
    page: `${SNS_API}GetSMSSandboxAccountStatus.html`,
    readIn: SDK,
    sentBy: ['lambda/sms-readiness/sns.ts', 'tools/verify/experiments/sms.ts'],
    demands: [SNS_RATE],
    parameters: {},
  },
  {
    service: 'sns',
    operation: 'GetSMSAttributes',
    page: `${SNS_API}GetSMSAttributes.html`,
    readIn: SDK,
    sentBy: ['lambda/sms-readiness/sns.ts'],
    demands: [SNS_RATE],
    parameters: {
      attributes: [notEnforced('names of attributes; without a value, an attribute is absent', NOTHING_TO_REFUSE)],
    },
  },
  {
    service: 'sns',
    operation: 'ListOriginationNumbers',
    page: `${SNS_API}ListOriginationNumbers.html`,
    sentBy: ['lambda/sms-readiness/sns.ts'],
    demands: [SNS_RATE],
    parameters: { MaxResults: [enforced('1 to 30', SMS_TEST, 'pages of 31 origination numbers')] },
  },
  {
    service: 'sns',
    operation: 'ListPhoneNumbersOptedOut',
    page: `${SNS_API}ListPhoneNumbersOptedOut.html`,
    sentBy: ['lambda/sms-readiness/sns.ts'],
    demands: [
      SNS_RATE,
      enforced(
        'may be denied although the role is right, because the default opt-out list has no resource policy for Amazon SNS',
        SMS_TEST,
        'Amazon SNS may not read the default opt-out list when that refuses it',
      ),
    ],
    parameters: {},
  },
  {
    service: 'ses',
    operation: 'GetAccount',
    page: 'https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_GetAccount.html',
    sentBy: ['lambda/campaign/preflight/email-checks.ts'],
    demands: [
      enforced('at most once a second, else TooManyRequestsException', SES_TEST, 'is refused within a second'),
      enforced('IAM supports no resource for it', SES_TEST, 'needs ses:GetAccount on every resource'),
    ],
    parameters: {},
  },
  {
    service: 'cloudwatch',
    operation: 'GetMetricStatistics',
    page: 'https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricStatistics.html',
    sentBy: ['lambda/sms-readiness/account.ts'],
    demands: [
      enforced('at most 1,440 data points', SMS_TEST, 'there would be 1,500 data points'),
      notEnforced('a quota of requests a second (its page was not looked up)', 'a report makes one call'),
    ],
    parameters: {
      Namespace: [enforced('required; 1 to 255 characters', SMS_TEST, 'the namespace is missing')],
      MetricName: [enforced('required; 1 to 255 characters', SMS_TEST, 'the name of the metric has 256 characters')],
      StartTime: [enforced('required; before EndTime', SMS_TEST, 'start and end are equal')],
      EndTime: [enforced('required; after StartTime', SMS_TEST, 'start and end are equal')],
      Period: [
        enforced('required; a multiple of 60 seconds', SMS_TEST, 'the period is no whole minute'),
        enforced(
          'a multiple of 300 when StartTime is more than 15 days ago',
          SMS_TEST,
          'the period is a minute after 15 days',
        ),
        enforced(
          'a multiple of 3,600 when StartTime is more than 63 days ago',
          SMS_TEST,
          'the period is five minutes after 63 days',
        ),
      ],
      Statistics: [enforced('either Statistics or ExtendedStatistics', SMS_TEST, 'no statistic is asked for')],
    },
  },
  {
    service: 'cognito-idp',
    operation: 'AdminCreateUser',
    page: `${COGNITO_API}AdminCreateUser.html`,
    readIn: SDK,
    sentBy: ['tools/verify/experiments/cognito.ts', 'tools/verify/experiments/users.ts'],
    demands: [
      enforced('a user name that is taken is a UsernameExistsException', USERS_TEST, 'a user name that is taken'),
      notEnforced('UserCreation: 50 a second', 'npm run verify creates one user after another, and no function any'),
    ],
    parameters: {
      UserPoolId: [enforced('an unknown pool is a ResourceNotFoundException', USERS_TEST, 'an unknown user pool')],
      Username: USERNAME,
      TemporaryPassword: [enforced('satisfies the policy of the user pool', USERS_TEST, 'a weak password')],
      MessageAction: [enforced('RESEND or SUPPRESS', USERS_TEST, 'another invitation to a user who does not exist')],
      DesiredDeliveryMediums: [
        enforced(
          'EMAIL, SMS; SMS by default; a contact of that kind',
          USERS_TEST,
          'an invitation without a contact (assumed)',
        ),
      ],
      'UserAttributes.*.Name': [enforced('an attribute of the schema', USERS_TEST, 'a given sub')],
      'UserAttributes.*.Value': [
        enforced('a verified contact is one that is there', USERS_TEST, 'the verification of a missing contact'),
      ],
    },
  },
  {
    service: 'cognito-idp',
    operation: 'AdminSetUserPassword',
    page: `${COGNITO_API}AdminSetUserPassword.html`,
    readIn: SDK,
    sentBy: ['tools/verify/experiments/users.ts'],
    demands: [enforced('UserAccountRecovery: 30 a second', QUOTAS_TEST, THROTTLED)],
    parameters: {
      UserPoolId: USER_POOL_ID,
      Username: USERNAME,
      Password: [enforced('satisfies the policy of the user pool', USERS_TEST, 'cannot set a weak password')],
      Permanent: [
        enforced(
          'true or false, which is the default and leaves the user in FORCE_CHANGE_PASSWORD',
          USERS_TEST,
          'can end a required reset by setting a permanent password',
        ),
      ],
    },
  },
  {
    service: 'cognito-idp',
    operation: 'AdminUpdateUserAttributes',
    page: `${COGNITO_API}AdminUpdateUserAttributes.html`,
    readIn: SDK,
    sentBy: ['tools/verify/experiments/cognito.ts', 'tools/verify/experiments/users.ts'],
    demands: [
      enforced('an unknown user is a UserNotFoundException', USERS_TEST, 'an unknown user'),
      notEnforced('UserUpdate: 25 a second', 'npm run verify changes one user after another, and no function any'),
    ],
    parameters: {
      UserPoolId: USER_POOL_ID,
      Username: USERNAME,
      'UserAttributes.*.Name': [enforced('an attribute of the schema', USERS_TEST, 'an unknown attribute')],
      'UserAttributes.*.Value': [
        enforced('a verified contact is one that is there', USERS_TEST, 'the verification of a missing contact'),
      ],
    },
  },
  {
    service: 'cognito-idp',
    operation: 'SignUp',
    page: `${COGNITO_API}SignUp.html`,
    readIn: SDK,
    sentBy: ['tools/verify/experiments/users.ts'],
    demands: [
      enforced(
        'the user is UNCONFIRMED until the account is confirmed',
        USERS_TEST,
        'creates a user who is UNCONFIRMED, without a message',
      ),
      notEnforced('UserCreation: 50 a second', 'npm run verify signs up one user'),
    ],
    parameters: {
      ClientId: CLIENT_ID,
      Username: [enforced('a taken one is a UsernameExistsException', USERS_TEST, 'a user name that is taken')],
      Password: [enforced('satisfies the policy of the user pool', USERS_TEST, 'a weak password')],
    },
  },
  {
    service: 'states',
    operation: 'StartExecution',
    page: `${STATES_API}StartExecution.html`,
    readIn: SDK,
    sentBy: ['tools/verify/experiments/step-functions.ts'],
    demands: [
      notEnforced(
        'a bucket of 1,300 and 300 a second in the largest Regions',
        'npm run verify starts one execution after another',
      ),
    ],
    parameters: {
      stateMachineArn: [
        enforced('required; an unknown one is StateMachineDoesNotExist', STATES_TEST, 'an unknown state machine'),
      ],
      input: [
        enforced('JSON', STATES_TEST, 'an input that is not JSON'),
        enforced('at most 262,144 characters', STATES_TEST, 'an input of 262,145 characters'),
      ],
    },
  },
  {
    service: 'states',
    operation: 'DescribeExecution',
    page: `${STATES_API}DescribeExecution.html`,
    readIn: SDK,
    sentBy: ['tools/verify/experiments/step-functions.ts'],
    demands: [
      notEnforced(
        'eventually consistent',
        'npm run verify asks until the execution has ended, and so would wait for a late answer',
      ),
      notEnforced('a bucket of 300 and 15 a second', 'npm run verify asks once a second'),
    ],
    parameters: {
      executionArn: [
        enforced('required; an unknown one is ExecutionDoesNotExist', STATES_TEST, 'an unknown execution'),
      ],
    },
  },
  {
    service: 'sms-voice',
    operation: 'SendTextMessage',
    page: `${SMS_API}SendTextMessage.html`,
    readIn: SDK,
    sentBy: ['tools/verify/experiments/sms.ts'],
    demands: [
      enforced('is not sent at the spend limit, to opted-out numbers and the like', SMS_TEST, 'refuses %s at no cost'),
    ],
    parameters: {
      DestinationPhoneNumber: [enforced('required; E.164', SMS_TEST, 'a destination that is not a phone number')],
      MessageBody: [enforced('1 to 1,600 characters', SMS_TEST, 'a missing message')],
      DryRun: [enforced('true or false, which is the default', SMS_TEST, 'validates a dry run but does not send it')],
    },
  },
  {
    service: 'sns',
    operation: 'Publish',
    page: `${SNS_API}Publish.html`,
    readIn: SDK,
    sentBy: ['tools/verify/experiments/sms.ts'],
    demands: [enforced('denied to whoever lacks sns:Publish', SMS_TEST, "'Publish', () => publish()")],
    parameters: {
      PhoneNumber: [notEnforced('E.164', 'npm run verify sends to a number of the documentation alone')],
      Message: [notEnforced('not empty', 'npm run verify sends one fixed text')],
    },
  },
  {
    service: 'cloudwatch',
    operation: 'GetMetricData',
    page: 'https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html',
    readIn: SDK,
    sentBy: ['tools/verify/experiments/sms.ts'],
    demands: [notEnforced('50 requests a second', 'npm run verify makes one call')],
    parameters: {
      'MetricDataQueries.*.Id': [notEnforced('a letter and letters, digits, _', 'npm run verify sends a fixed one')],
      'MetricDataQueries.*.MetricStat.Metric.Namespace': [
        notEnforced('required; 1 to 255 characters', 'npm run verify sends a fixed one'),
      ],
      'MetricDataQueries.*.MetricStat.Metric.MetricName': [
        notEnforced('required; 1 to 255 characters', 'npm run verify sends a fixed one'),
      ],
      'MetricDataQueries.*.MetricStat.Period': [
        notEnforced('required; a multiple of 60 seconds', 'npm run verify sends a fixed one'),
      ],
      'MetricDataQueries.*.MetricStat.Stat': [
        notEnforced('required; a statistic that exists', 'npm run verify sends a fixed one'),
      ],
      StartTime: [enforced('before EndTime', SMS_TEST, 'refuses a window that ends in the second in which it begins')],
      EndTime: [enforced('after StartTime', SMS_TEST, 'refuses a window that ends in the second in which it begins')],
    },
  },
];
