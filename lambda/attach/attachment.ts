import { isDeepStrictEqual } from 'node:util';
import { AttachmentError, BY_HAND } from './attachment-error';
import { USER_POOL_FIELDS } from './fields';
import { isObject, type Json, toUpdateRequest, withoutDuplicateValidity } from './update-request';
import { CallError, type RawUserPool } from './user-pool';

/** What the user pool is expected to be, and what may be done to it. */
export interface Target {
  /** The custom message trigger to attach. */
  readonly functionArn: string;
  /** Other triggers that it may take the place of. */
  readonly mayReplace: readonly string[];
  readonly smsRoleArns: readonly string[];
  readonly sendsThroughSes: boolean;
  readonly caseSensitive: boolean;
}

/** How time passes. All times are in milliseconds. */
export interface Time {
  remaining(): number;
  wait(milliseconds: number): Promise<void>;
}

/** The user pool at one moment. */
interface Snapshot {
  readonly userPool: Json;
  /** TOTP, email MFA and passkeys are nowhere else. */
  readonly mfa: Json;
}

/** The errors after which the user pool is as it was and another attempt may succeed, with what is waited for. */
const TEMPORARY: Readonly<Record<string, string>> = {
  ConcurrentModificationException: 'somebody else was changing the user pool',
  UserImportInProgressException: 'a user import was running',
  TooManyRequestsException: 'the account made too many requests',
  ThrottlingException: 'the account made too many requests',
};

/** What to do about errors that no retry will lift. */
const FINAL: Readonly<Record<string, string>> = {
  AccessDeniedException:
    'check what docs/imported-pools.md says about permissions, and the boundaries and control policies of the role',
  NotAuthorizedException: 'check the permissions boundary and the service control policies of the role',
  InvalidSmsRoleAccessPolicyException: 'the SMS role of the user pool may not send: repair it first',
  InvalidSmsRoleTrustRelationshipException: 'the SMS role of the user pool does not trust Cognito: repair it first',
  InvalidEmailRoleAccessPolicyException: 'Cognito may not use the email identity of the user pool: repair it first',
  FeatureUnavailableInTierException: 'the user pool has features that its tier does not include: choose another tier',
  TierChangeNotAllowedException: 'Cognito took the write for a change of the tier, which it is not: report this',
  UserPoolTaggingException: 'the tags of the user pool could not be written: repair them first',
  ResourceNotFoundException: 'the user pool does not exist in this account and Region',
};

/** The time for one attempt: at most 15 calls of ten seconds, and the pauses between them. */
const ATTEMPT_TIME = 160_000;
const FIRST_WAIT = 1_000;
const LONGEST_WAIT = 30_000;
/** How often the user pool is read until the write is seen. */
const READS = 5;

/**
 * Makes the function the custom message trigger. Everything else of the user pool stays as it is, or the attempt fails.
 *
 * @returns the trigger that was there before, unless it is the function itself
 * @throws an {@link AttachmentError}
 */
export async function attach(pool: RawUserPool, target: Target, time: Time): Promise<string | undefined> {
  let replaced: string | undefined;
  await change(pool, time, target.smsRoleArns, (userPool) => {
    validateExpectations(userPool, target);
    const present = triggerOf(userPool);
    if (present === target.functionArn) return 'NOTHING_TO_DO';
    if (present !== undefined && !target.mayReplace.includes(present)) {
      throw new AttachmentError(
        'the user pool: got another custom message trigger, expected none, because a user pool has only one: pass it to ResetMessages as next, which is called for all other messages, or remove it',
      );
    }
    replaced = present;
    return { trigger: target.functionArn };
  });
  return replaced;
}

/**
 * Removes the function from the user pool if it is still the custom message trigger, and puts another one in its place if
 * there is one to put back.
 *
 * @throws an {@link AttachmentError}
 */
export async function detach(
  pool: RawUserPool,
  target: Pick<Target, 'functionArn' | 'smsRoleArns'> & { readonly restore: string | undefined },
  time: Time,
): Promise<void> {
  try {
    await change(pool, time, target.smsRoleArns, (userPool) =>
      triggerOf(userPool) === target.functionArn ? { trigger: target.restore } : 'NOTHING_TO_DO',
    );
  } catch (error) {
    // A user pool that was deleted calls no function.
    if (((error as Error).cause as Error | undefined)?.name !== 'ResourceNotFoundException') throw error;
  }
}

type Decision = 'NOTHING_TO_DO' | { readonly trigger: string | undefined };

/** Reads, decides, reads again, writes and reads once more, from the start whenever somebody else was faster. */
async function change(
  pool: RawUserPool,
  time: Time,
  smsRoleArns: readonly string[],
  decide: (userPool: Json) => Decision,
): Promise<void> {
  /** The user pool before the latest write whose outcome is not known. */
  let before: Snapshot | undefined;
  let reason = 'the time for one attempt is longer';
  for (let pause = FIRST_WAIT; ; pause = Math.min(2 * pause, LONGEST_WAIT)) {
    if (time.remaining() < ATTEMPT_TIME) {
      throw new AttachmentError(
        `the user pool: it could not be written in time, because ${reason}: deploy again later`,
        before !== undefined,
      );
    }
    try {
      const now = await read(pool);
      const decision = decide(now.userPool);
      if (decision === 'NOTHING_TO_DO') {
        if (before !== undefined) validateUnchanged(before, now);
        return;
      }
      const request = toUpdateRequest(now.userPool, decision.trigger);
      validateSmsRoles(now.userPool, smsRoleArns);
      if (isDeepStrictEqual(await read(pool), now)) {
        const outcome = await write(pool, request);
        if (outcome === 'WRITTEN') return await confirm(pool, time, now, decision.trigger);
        if (outcome === 'UNKNOWN') before = now;
        reason = outcome === 'UNKNOWN' ? 'Cognito gave no answer' : outcome.temporary;
      } else {
        reason = 'somebody else was changing the user pool';
      }
    } catch (error) {
      reason = temporaryReason(error, before !== undefined);
    }
    await time.wait(pause);
  }
}

async function read(pool: RawUserPool): Promise<Snapshot> {
  const { EstimatedNumberOfUsers: _, ...userPool } = await pool.describe();
  return { userPool, mfa: await pool.getMfaConfig() };
}

async function write(pool: RawUserPool, request: Json): Promise<'WRITTEN' | 'UNKNOWN' | { temporary: string }> {
  try {
    await pool.update(request);
    return 'WRITTEN';
  } catch (error) {
    const { name } = error as CallError;
    if (name === 'NoAnswer') return 'UNKNOWN';
    if (Object.hasOwn(TEMPORARY, name)) return { temporary: TEMPORARY[name] };
    throw finalError(error);
  }
}

/** Waits until the write is seen, and compares everything else. Nothing is repaired: that could undo what others did. */
async function confirm(pool: RawUserPool, time: Time, before: Snapshot, trigger: string | undefined): Promise<void> {
  for (let reads = 1; ; reads++) {
    const after = await read(pool).catch(() => undefined);
    if (after !== undefined && triggerOf(after.userPool) === trigger) return validateUnchanged(before, after);
    if (reads === READS) {
      throw new AttachmentError(
        'the user pool: it was written, and does not have the expected custom message trigger afterwards, expected nobody else to change it meanwhile: look at it, and deploy again',
        true,
      );
    }
    await time.wait(FIRST_WAIT);
  }
}

function validateUnchanged(before: Snapshot, after: Snapshot): void {
  const names = [
    ...differences(comparable(before.userPool), comparable(after.userPool)),
    ...differences(before.mfa, after.mfa).map((name) => `${name} of GetUserPoolMfaConfig`),
  ];
  if (names.length === 0) return;
  throw new AttachmentError(
    `the user pool: got a change of ${names.join(', ')} after it was written, expected only the custom message trigger to change: look at it before you deploy again; nothing was repaired, because somebody else may have changed it meanwhile`,
    true,
  );
}

/** The fields that no one changes by writing the trigger. */
function comparable(userPool: Json): Json {
  const { LambdaConfig, ...rest } = withoutDuplicateValidity(userPool);
  const { CustomMessage: _, ...otherTriggers } = (LambdaConfig ?? {}) as Json;
  const fixed = Object.entries(rest).filter(([name]) => {
    const field = USER_POOL_FIELDS[name];
    return !(typeof field === 'object' && 'volatile' in field);
  });
  return { ...Object.fromEntries(fixed), LambdaConfig: otherTriggers };
}

function differences(before: Json, after: Json): string[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names].filter((name) => !isDeepStrictEqual(before[name] ?? null, after[name] ?? null)).sort();
}

function triggerOf({ LambdaConfig }: Json): string | undefined {
  const trigger = isObject(LambdaConfig) ? LambdaConfig.CustomMessage : undefined;
  return typeof trigger === 'string' ? trigger : undefined;
}

/** Catalog and signatures rely on them, and an imported user pool does not tell them at synth. */
function validateExpectations(userPool: Json, { sendsThroughSes, caseSensitive }: Target): void {
  const email = userPool.EmailConfiguration as Json | undefined;
  const names = userPool.UsernameConfiguration as Json | undefined;
  const got = {
    sendsThroughSes: email?.EmailSendingAccount === 'DEVELOPER',
    caseSensitive: names?.CaseSensitive !== false,
  };
  const wrong = (['sendsThroughSes', 'caseSensitive'] as const).find(
    (name) => got[name] !== { sendsThroughSes, caseSensitive }[name],
  );
  if (wrong !== undefined) {
    throw new AttachmentError(
      `${wrong}: got ${!got[wrong]} in ResetMessages, expected ${got[wrong]}, as the user pool has it: correct it`,
    );
  }
}

/** Cognito asks for iam:PassRole on every SMS role that is written, also when it is there already. */
function validateSmsRoles(userPool: Json, allowed: readonly string[]): void {
  const sms = userPool.SmsConfiguration as { SnsCallerArn?: string; EumsSms?: { CallerArn?: string } } | undefined;
  const missing = [sms?.SnsCallerArn, sms?.EumsSms?.CallerArn].find((arn) => arn && !allowed.includes(arn));
  if (missing !== undefined) {
    throw new AttachmentError(
      `the user pool: got the SMS role ${missing}, expected it in ResetMessages, because whoever writes the user pool passes its role: add smsRole: Role.fromRoleArn(this, 'SmsRole', '${missing}')`,
    );
  }
}

/** The reason for another attempt, or the final error. */
function temporaryReason(error: unknown, written: boolean): string {
  if (error instanceof AttachmentError) {
    throw written && !error.written ? new AttachmentError(error.message, true, { cause: error.cause }) : error;
  }
  const { name } = error as CallError;
  if (name === 'NoAnswer') return 'Cognito gave no answer';
  if (Object.hasOwn(TEMPORARY, name)) return TEMPORARY[name];
  throw finalError(error, written);
}

function finalError(error: unknown, written = false): AttachmentError {
  if (!(error instanceof CallError)) throw error;
  const { name, message } = error;
  const whatToDo = Object.hasOwn(FINAL, name) ? FINAL[name] : `see the AWS page of the operation, or ${BY_HAND}`;
  return new AttachmentError(`the user pool: ${message}: ${whatToDo}`, written, { cause: error });
}
