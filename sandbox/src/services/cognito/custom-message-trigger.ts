import { type InvocationResult, type Json, ServiceError } from '../../model';
import { CRASH_ERROR_TYPES, missingPlaceholderError } from './assumptions';

/** The texts that a custom message trigger answered; what it left empty is missing. */
export interface CustomMessage {
  readonly smsMessage?: string;
  readonly emailMessage?: string;
  readonly emailSubject?: string;
}

export const CODE_PARAMETER = '{####}';
export const USERNAME_PARAMETER = '{username}';

/** Cognito waits so long for a trigger, and tries so often. */
const TIMEOUT_MS = 5000;
const ATTEMPTS = 3;

const MAX_LENGTH = { smsMessage: 140, emailMessage: 20_000, emailSubject: 140 } as const;
const FIELDS = ['smsMessage', 'emailMessage', 'emailSubject'] as const;

/** Calls the trigger as Cognito does, and refuses what Cognito refuses of its answer. */
export async function callCustomMessageTrigger(options: {
  invoke: () => Promise<InvocationResult>;
  sendsThroughSes: boolean;
  /** What each message must contain. */
  placeholders: readonly string[];
  /** The text as the user would get it. */
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

/** An error that the function threw reaches the caller with its text; a crash does not. */
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
