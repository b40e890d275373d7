/**
 * The contract between AdminPasswordReset and its function: the request, the result, and the names that both sides use.
 * It imports nothing, so that either side can use it.
 */

/** The request of the reset function. Unknown fields are not supported. */
export interface ResetRequest {
  /** A user name, alias or `sub`: 1 to 128 letters, marks, symbols, numbers and punctuation characters. */
  readonly username: string;
  /** Passed to the triggers of the user pool as ClientMetadata. Cognito does not store, validate or encrypt it. */
  readonly clientMetadata?: Readonly<Record<string, string>>;
  /** A safeguard: it must equal the configured user pool, and can never select another. */
  readonly userPoolId?: string;
  /** Repeated requests with the same key reset the user at most once. Requires the `idempotency` option. */
  readonly idempotencyKey?: string;
  /** Who requested the reset, as the caller claims. It is logged and not authenticated. */
  readonly requestedBy?: string;
  /** Why the reset was requested, as the caller claims. It is logged and not authenticated. */
  readonly reason?: string;
}

/** The result of the reset function. It contains no user name. */
export interface ResetResult {
  readonly status: 'RESET_REQUIRED';
  readonly userPoolId: string;
  /** The HTTP status of Cognito's response to the reset. */
  readonly httpStatus: number;
  /** The request id of Cognito's response to the reset. */
  readonly requestId: string;
  /** Whether the tokens of the user were revoked as well. */
  readonly signedOut: boolean;
  /** Whether an earlier invocation with the same idempotency key carried out the reset. */
  readonly replayed: boolean;
}

/** Limits of the request. The first three are those of Cognito, the others are this library's own. */
export const REQUEST_LIMITS = {
  usernameCharacters: 128,
  metadataKeyCharacters: 131_072,
  metadataValueCharacters: 131_072,
  /** For all keys and values together. */
  metadataTotalCharacters: 262_144,
  idempotencyKeyCharacters: 256,
  requestedByCharacters: 256,
  reasonCharacters: 1_024,
} as const;

/** Cognito's pattern for `Username`. The `u` flag makes each code point count as one character. */
export const USERNAME_PATTERN = new RegExp(
  `^[\\p{L}\\p{M}\\p{S}\\p{N}\\p{P}]{1,${REQUEST_LIMITS.usernameCharacters}}$`,
  'u',
);

/** The ClientMetadata key that only this library may set. Its value carries the signature. */
export const RESERVED_METADATA_KEY = 'cdkCognitoPasswordReset';

/** Environment variables of the reset function. Other functions read some of them as well. */
export const RESET_ENVIRONMENT = {
  userPoolId: 'USER_POOL_ID',
  globalSignOut: 'GLOBAL_SIGN_OUT',
  idempotencyTableName: 'IDEMPOTENCY_TABLE_NAME',
  idempotencyExpiresAfterSeconds: 'IDEMPOTENCY_EXPIRES_AFTER_SECONDS',
  /** The ARN of the signing key. The reset function and the custom message trigger read it. */
  signingKeyArn: 'SIGNING_KEY_ARN',
  /** `true` when a reset must fail if its ClientMetadata cannot be signed. */
  failWithoutSignature: 'FAIL_WITHOUT_SIGNATURE',
  /** `true` when the user pool is case-insensitive. The reset function and the custom message trigger read it. */
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

/** Names of this library's own errors. Cognito's exceptions keep their names. */
export const RESET_ERROR_NAMES = {
  /** The request is invalid, and nothing was sent. */
  invalidRequest: 'InvalidRequestError',
  /** The reset was certainly not carried out. */
  notSent: 'ResetNotSentError',
  /** The reset may have been carried out. */
  outcomeUnknown: 'ResetOutcomeUnknownError',
  /** The reset was carried out, the sign-out was not. */
  globalSignOut: 'GlobalSignOutError',
  /** Another invocation with the same idempotency key is in progress. */
  idempotencyInProgress: 'IdempotencyInProgressError',
} as const;

/**
 * The minimum timeout of the function, in seconds. Cognito waits for a trigger up to three times five seconds, and the
 * function must still be able to respond.
 */
export const RESET_MINIMUM_TIMEOUT_SECONDS = 30;
