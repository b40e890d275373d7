/**
 * What AdminPasswordReset and its function both know: the request, the result, and the names that travel between them.
 * It is written here once and imports nothing, so that either side can use it.
 */

/** What the reset function takes. Unknown fields are refused. */
export interface ResetRequest {
  /** User name, alias or sub: 1 to 128 characters of letters, marks, symbols, numbers and punctuation. */
  readonly username: string;
  /** Reaches the pool's triggers as ClientMetadata. Not stored, validated or encrypted by Cognito. */
  readonly clientMetadata?: Readonly<Record<string, string>>;
  /** A safeguard: must equal the configured user pool, and can never choose another. */
  readonly userPoolId?: string;
  /** The same key never resets twice. Needs the `idempotency` option. */
  readonly idempotencyKey?: string;
  /** Who asked, as the caller claims. Logged; nobody authenticated it. */
  readonly requestedBy?: string;
  /** Why, as the caller claims. Logged; nobody authenticated it. */
  readonly reason?: string;
}

/** What the reset function returns. It names no user. */
export interface ResetResult {
  readonly status: 'RESET_REQUIRED';
  readonly userPoolId: string;
  /** The HTTP status and request id of Cognito's answer to the reset. */
  readonly httpStatus: number;
  readonly requestId: string;
  /** Whether the user's tokens were revoked as well. */
  readonly signedOut: boolean;
  /** Whether an earlier invocation with the same idempotency key carried out the reset. */
  readonly replayed: boolean;
}

/** Bounds of the request. The first three are Cognito's own, the others are this library's. */
export const REQUEST_LIMITS = {
  usernameCharacters: 128,
  metadataKeyCharacters: 131_072,
  metadataValueCharacters: 131_072,
  /** All keys and values together. */
  metadataTotalCharacters: 262_144,
  idempotencyKeyCharacters: 256,
  requestedByCharacters: 256,
  reasonCharacters: 1_024,
} as const;

/** Cognito's own pattern for `Username`. With the `u` flag a character is a code point. */
export const USERNAME_PATTERN = new RegExp(
  `^[\\p{L}\\p{M}\\p{S}\\p{N}\\p{P}]{1,${REQUEST_LIMITS.usernameCharacters}}$`,
  'u',
);

/** The ClientMetadata key that only this library may set. */
export const RESERVED_METADATA_KEY = 'cdkCognitoPasswordReset';

/** Environment variables of the reset function. Other functions read some of them as well. */
export const RESET_ENVIRONMENT = {
  userPoolId: 'USER_POOL_ID',
  globalSignOut: 'GLOBAL_SIGN_OUT',
  idempotencyTableName: 'IDEMPOTENCY_TABLE_NAME',
  idempotencyExpiresAfterSeconds: 'IDEMPOTENCY_EXPIRES_AFTER_SECONDS',
  /** The KMS key of the MAC, in both functions. */
  signingKeyArn: 'SIGNING_KEY_ARN',
  /** `true` when a reset that cannot be signed is to fail. */
  failWithoutSignature: 'FAIL_WITHOUT_SIGNATURE',
  /** `true` in both functions when the user pool takes `User` and `user` for the same name. */
  caseInsensitive: 'USERNAME_CASE_INSENSITIVE',
} as const;

/** The partition key and the time-to-live attribute of an idempotency table. */
export const IDEMPOTENCY_TABLE = { partitionKey: 'id', timeToLiveAttribute: 'expiration' } as const;

/** Custom metrics of the reset function. */
export const RESET_METRICS = {
  namespace: 'CognitoPasswordReset',
  resets: 'Resets',
  failures: 'Failures',
  signingFailures: 'SigningFailures',
  functionNameDimension: 'FunctionName',
  errorNameDimension: 'ErrorName',
} as const;

/** Names of the errors that are this library's own; Cognito's exceptions keep theirs. */
export const RESET_ERROR_NAMES = {
  /** The request breaks the contract: nothing was sent. */
  invalidRequest: 'InvalidRequestError',
  /** The reset was certainly not carried out. */
  notSent: 'ResetNotSentError',
  /** The reset may have been carried out. */
  outcomeUnknown: 'ResetOutcomeUnknownError',
  /** The reset was carried out, the sign-out was not. */
  globalSignOut: 'GlobalSignOutError',
  /** Another invocation with the same idempotency key is at work. */
  idempotencyInProgress: 'IdempotencyInProgressError',
} as const;

/** The shortest time-out the function may have, in seconds: Cognito waits for a trigger up to three times five. */
export const RESET_MINIMUM_TIMEOUT_SECONDS = 30;
