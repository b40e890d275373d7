import { type InvocationResult, type Json, ServiceError } from '../../model';
import { CRASH_ERROR_TYPES, missingPlaceholderError, PATTERN_SPACES, patternError, SMS_MESSAGE } from './assumptions';

/** The response of a custom message trigger, without the empty texts. */
export interface CustomMessage {
  readonly smsMessage?: string;
  readonly emailMessage?: string;
  readonly emailSubject?: string;
}

export const CODE_PARAMETER = '{####}';
export const USERNAME_PARAMETER = '{username}';

/** Cognito waits five seconds for a response, and calls the trigger at most three times. */
const TIMEOUT_MS = 5000;
const ATTEMPTS = 3;

const MAX_LENGTH = { smsMessage: 140, emailMessage: 20_000, emailSubject: 140 } as const;
const FIELDS = ['smsMessage', 'emailMessage', 'emailSubject'] as const;

/**
 * The characters of each text, and the pattern of which they are a part: the text must contain the code as well.
 *
 * @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_VerificationMessageTemplateType.html
 */
const PATTERNS: Readonly<Record<keyof CustomMessage, { allowed(): RegExp; readonly pattern: string }>> = {
  smsMessage: { allowed: () => SMS_MESSAGE, pattern: '.*\\{####\\}.*' },
  emailMessage: {
    allowed: acceptedText,
    pattern: '[\\p{L}\\p{M}\\p{S}\\p{N}\\p{P}\\s*]*\\{####\\}[\\p{L}\\p{M}\\p{S}\\p{N}\\p{P}\\s*]*',
  },
  emailSubject: { allowed: acceptedText, pattern: '[\\p{L}\\p{M}\\p{S}\\p{N}\\p{P}\\s]+' },
};

function acceptedText(): RegExp {
  return new RegExp(`^[\\p{L}\\p{M}\\p{S}\\p{N}\\p{P}${PATTERN_SPACES}]*$`, 'u');
}

/** Calls the trigger as Cognito does, and throws Cognito's error for an invalid response. */
export async function callCustomMessageTrigger(options: {
  invoke: () => Promise<InvocationResult>;
  sendsThroughSes: boolean;
  /** The placeholders that each message must contain. */
  placeholders: readonly string[];
  /** Replaces the placeholders; the length limits apply to the result. */
  render: (text: string) => string;
}): Promise<CustomMessage> {
  const { payload, functionError } = await invokeWithRetries(options.invoke);
  if (functionError !== undefined) throw triggerError(payload);
  const message = parseResponse(payload);
  if (!options.sendsThroughSes && (message.emailMessage ?? message.emailSubject) !== undefined) {
    throw invalidResponseError('emailMessage and emailSubject need EmailSendingAccount DEVELOPER');
  }
  for (const field of FIELDS) {
    const text = message[field];
    if (text === undefined) continue;
    const missing = options.placeholders.find((placeholder) => !text.includes(placeholder));
    if (field !== 'emailSubject' && missing !== undefined) throw missingPlaceholderError(missing);
    const { allowed, pattern } = PATTERNS[field];
    if (!allowed().test(text)) throw patternError(field, text, pattern);
    if (options.render(text).length > MAX_LENGTH[field]) throw invalidResponseError(`${field} is too long`);
  }
  return message;
}

async function invokeWithRetries(invoke: () => Promise<InvocationResult>): Promise<InvocationResult> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<undefined>((resolve) => {
      timer = setTimeout(() => resolve(undefined), TIMEOUT_MS);
    });
    try {
      const result = await Promise.race([invoke(), timeout]);
      if (result !== undefined) return result;
    } catch (error) {
      throw invocationError(error instanceof Error ? error.name : 'Error');
    } finally {
      clearTimeout(timer);
    }
  }
  throw invocationError('Socket timeout while invoking Lambda function');
}

/** Cognito passes the text of an error that the function threw on to the caller, but not the text of a crash. */
function triggerError(payload: unknown): ServiceError {
  const { errorType, errorMessage } = (payload ?? {}) as { errorType?: unknown; errorMessage?: unknown };
  if (typeof errorType !== 'string' || CRASH_ERROR_TYPES.test(errorType)) {
    return invocationError(typeof errorType === 'string' ? errorType : 'Unhandled');
  }
  return new ServiceError('UserLambdaValidationException', `CustomMessage failed with error ${errorMessage}.`);
}

function parseResponse(payload: unknown): CustomMessage {
  const response = isObject(payload) ? payload.response : undefined;
  if (!isObject(response)) throw invalidResponseError('Unrecognizable lambda output');
  const message: { -readonly [Field in keyof CustomMessage]: string } = {};
  for (const field of FIELDS) {
    const text = response[field] ?? '';
    if (typeof text !== 'string') throw invalidResponseError('Unrecognizable lambda output');
    if (text !== '') message[field] = text;
  }
  return message;
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function invocationError(reason: string): ServiceError {
  return new ServiceError('UnexpectedLambdaException', `CustomMessage invocation failed due to error ${reason}.`);
}

function invalidResponseError(reason: string): ServiceError {
  return new ServiceError('InvalidLambdaResponseException', reason);
}
