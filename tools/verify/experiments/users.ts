import { randomUUID } from 'node:crypto';
import {
  AdminCreateUserCommand,
  AdminGetUserCommand,
  AdminResetUserPasswordCommand,
  AdminSetUserPasswordCommand,
  AdminUpdateUserAttributesCommand,
  InitiateAuthCommand,
  SignUpCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import type { Stage } from '../experiment';
import { type ToldEvent, type TriggerTask, toldEvent } from '../trigger';

/** A password that every policy accepts. */
const newPassword = () => `Aa1!${randomUUID()}`;

/** A user of a user pool of the stack. */
export interface TestUser {
  readonly username: string;
  readonly sub: string;
  readonly password: string;
}

/** What a call ended with. */
export interface Outcome {
  /** `accepted`, or the name of the error. */
  readonly name: string;
  /** The text of the error. It is for the experiment only: it can name the account. */
  readonly text: string;
}

/** The label makes every address another one. The mailbox simulator of Amazon SES throws away what is sent to it. */
const emailOf = (username: string) => `success+${username}@simulator.amazonses.com`;

/** A number that the North American Numbering Plan keeps for fiction. */
export const FICTITIOUS_NUMBER = '+12065550100';

export const VERIFIED_EMAIL = (username: string) => ({ email: emailOf(username), email_verified: 'true' });
export const VERIFIED_PHONE = { phone_number: FICTITIOUS_NUMBER, phone_number_verified: 'true' };

const attributeList = (attributes: Readonly<Record<string, string>>) =>
  Object.entries(attributes).map(([Name, Value]) => ({ Name, Value }));

export const newUsername = () => `verify-${randomUUID()}`;

/** Creates a user who never signed in, without an invitation. */
export async function inviteUser(
  { cognito, outputs }: Stage,
  options: { username?: string; userPoolId?: string; attributes?: Readonly<Record<string, string>> } = {},
): Promise<TestUser> {
  const { username = newUsername(), userPoolId = outputs.UserPoolId } = options;
  const password = newPassword();
  const { User } = await cognito.send(
    new AdminCreateUserCommand({
      UserPoolId: userPoolId,
      Username: username,
      TemporaryPassword: password,
      MessageAction: 'SUPPRESS',
      UserAttributes: attributeList(options.attributes ?? VERIFIED_EMAIL(username)),
    }),
  );
  const sub = User?.Attributes?.find(({ Name }) => Name === 'sub')?.Value as string;
  return { username, sub, password };
}

/** Creates a user who is CONFIRMED. */
export async function confirmedUser(stage: Stage, options: Parameters<typeof inviteUser>[1] = {}): Promise<TestUser> {
  const user = await inviteUser(stage, options);
  await stage.cognito.send(
    new AdminSetUserPasswordCommand({
      UserPoolId: options.userPoolId ?? stage.outputs.UserPoolId,
      Username: user.username,
      Password: user.password,
      Permanent: true,
    }),
  );
  return user;
}

/** Creates a user who is UNCONFIRMED and has a verified email address, without a message. */
export async function signedUpUser({ cognito, outputs }: Stage, username = newUsername()): Promise<TestUser> {
  const password = newPassword();
  const { UserSub } = await cognito.send(
    new SignUpCommand({ ClientId: outputs.ClientId, Username: username, Password: password }),
  );
  await cognito.send(
    new AdminUpdateUserAttributesCommand({
      UserPoolId: outputs.UserPoolId,
      Username: username,
      UserAttributes: attributeList(VERIFIED_EMAIL(username)),
    }),
  );
  return { username, sub: UserSub as string, password };
}

/** Resets a user. Without a task the user is sent a message. */
export function reset(
  { cognito, outputs }: Stage,
  username: string,
  options: { task?: TriggerTask; metadata?: Readonly<Record<string, string>>; userPoolId?: string } = {},
): Promise<Outcome> {
  const { task, metadata, userPoolId = outputs.UserPoolId } = options;
  const ClientMetadata = { ...metadata, ...(task !== undefined && { verify: task }) };
  return outcomeOf(
    cognito.send(new AdminResetUserPasswordCommand({ UserPoolId: userPoolId, Username: username, ClientMetadata })),
  );
}

/** What the trigger is told about the reset of a user. */
export async function tellReset(
  stage: Stage,
  username: string,
  metadata?: Readonly<Record<string, string>>,
): Promise<ToldEvent> {
  const { name, text } = await reset(stage, username, { task: 'tell', metadata });
  const told = toldEvent(text);
  if (told === undefined) throw new Error(`the trigger told nothing: the reset ended with ${name}`);
  return told;
}

/** A user who was sent one message and is RESET_REQUIRED: the same one for all experiments, to send few messages. */
export function resetUser(stage: Stage): Promise<TestUser & { refreshToken: string; resetStartedAt: number }> {
  const known = resetUsers.get(stage) ?? createResetUser(stage);
  resetUsers.set(stage, known);
  return known;
}

const resetUsers = new WeakMap<Stage, ReturnType<typeof createResetUser>>();

async function createResetUser(stage: Stage) {
  const user = await confirmedUser(stage);
  const refreshToken = (await signIn(stage, user))?.RefreshToken as string;
  const resetStartedAt = stage.clock.now();
  const { name } = await reset(stage, user.username);
  if (name !== 'accepted') throw new Error(`a confirmed user could not be reset: ${name}`);
  return { ...user, refreshToken, resetStartedAt };
}

export async function signIn({ cognito, outputs }: Stage, { username, password }: TestUser) {
  const { AuthenticationResult } = await cognito.send(
    new InitiateAuthCommand({
      ClientId: outputs.ClientId,
      AuthFlow: 'USER_PASSWORD_AUTH',
      AuthParameters: { USERNAME: username, PASSWORD: password },
    }),
  );
  return AuthenticationResult;
}

export function getUser({ cognito, outputs }: Stage, username: string) {
  return cognito.send(new AdminGetUserCommand({ UserPoolId: outputs.UserPoolId, Username: username }));
}

export async function outcomeOf(call: Promise<unknown>): Promise<Outcome> {
  try {
    await call;
    return { name: 'accepted', text: '' };
  } catch (error) {
    const { name, message } = error as Error;
    return { name, text: message };
  }
}
