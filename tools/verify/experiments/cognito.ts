import {
  AdminCreateUserCommand,
  AdminUpdateUserAttributesCommand,
  ConfirmForgotPasswordCommand,
  ForgotPasswordCommand,
  InitiateAuthCommand,
  ListUsersCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { type Experiment, NotSeenError, type Stage } from '../experiment';
import { digestOf } from '../trigger';
import {
  confirmedUser,
  getUser,
  inviteUser,
  newUsername,
  outcomeOf,
  reset,
  resetUser,
  signedUpUser,
  signIn,
  tellReset,
} from './users';

/** How long an experiment waits for ListUsers, in milliseconds. */
const MAX_LAG = 60_000;

/** How far behind the clock of Cognito may be for the functions of a campaign, in seconds. */
export const CLOCK_TOLERANCE = 2;

/** Entries of ClientMetadata that a careless step on the way would change. */
const DELICATE_METADATA = {
  empty: '',
  quotes: `"quoted" and 'quoted' \\ {####}`,
  lines: 'one\ntwo\r\nthree\t ',
  letters: 'ä é 日本 👍🏽 e\u0301',
  'a key with spaces': ' around ',
  long: 'x'.repeat(5_000),
};

/** The experiments for sandbox/src/services/cognito/assumptions.ts, and for what the documentation says is not known. */
export const COGNITO_EXPERIMENTS: readonly Experiment[] = [
  {
    assumption: 'STATUSES_THAT_CANNOT_BE_RESET',
    origin: 'cognito',
    expected:
      'FORCE_CHANGE_PASSWORD: NotAuthorizedException, UNCONFIRMED: NotAuthorizedException, RESET_REQUIRED: a message',
    see: async (stage) => {
      const users = {
        FORCE_CHANGE_PASSWORD: await inviteUser(stage),
        UNCONFIRMED: await signedUpUser(stage),
        RESET_REQUIRED: await resetUser(stage),
      };
      const seen: string[] = [];
      for (const [status, { username }] of Object.entries(users)) {
        const { name, text } = await reset(stage, username, { task: 'tell' });
        seen.push(`${status}: ${text.includes('told ') ? 'a message' : name}`);
      }
      return seen.join(', ');
    },
  },
  {
    assumption: 'LOOKUP_ORDER',
    origin: 'cognito',
    expected: 'the user with that user name',
    see: async (stage) => {
      const { sub } = await confirmedUser(stage);
      const created = await outcomeOf(signedUpUser(stage, sub));
      if (created.name !== 'accepted') return `no user can have it as a user name: ${created.name}`;
      const found = (await getUser(stage, sub)).UserAttributes?.find(({ Name }) => Name === 'sub')?.Value;
      return found === sub ? 'the user with that sub' : 'the user with that user name';
    },
  },
  {
    assumption: 'LIST_USERS_LAG',
    origin: 'cognito',
    expected: 'a change is listed within 2 seconds',
    see: async (stage) => {
      const { clock } = stage;
      const { username } = await confirmedUser(stage);
      const given_name = newUsername();
      await stage.cognito.send(
        new AdminUpdateUserAttributesCommand({
          UserPoolId: stage.outputs.UserPoolId,
          Username: username,
          UserAttributes: [{ Name: 'given_name', Value: given_name }],
        }),
      );
      const changedAt = clock.now();
      while (!(await isListed(stage, given_name))) {
        if (clock.now() - changedAt > MAX_LAG) return `a change is not listed within ${MAX_LAG / 1000} seconds`;
        await clock.wait(100);
      }
      return `a change is listed within ${Math.max(2, Math.ceil((clock.now() - changedAt) / 1000))} seconds`;
    },
  },
  {
    assumption: 'adminOnlyError',
    origin: 'cognito',
    expected: 'InvalidParameterException',
    see: async (stage) => {
      const userPoolId = stage.outputs.AdminOnlyPoolId;
      const { username } = await confirmedUser(stage, { userPoolId });
      return (await reset(stage, username, { userPoolId })).name;
    },
  },
  {
    assumption: 'sendThenChange',
    origin: 'cognito',
    expected: 'CONFIRMED after a trigger that failed',
    see: async (stage) => {
      const { username } = await confirmedUser(stage);
      const { name } = await reset(stage, username, { task: 'refuse' });
      if (name === 'accepted') return 'a trigger that failed did not fail the reset';
      return `${(await getUser(stage, username)).UserStatus} after a trigger that failed`;
    },
  },
  {
    assumption: 'missingPlaceholderError',
    origin: 'cognito',
    expected: 'InvalidLambdaResponseException',
    see: async (stage) => {
      if (stage.outputs.SendsThroughSes !== 'true') {
        throw new NotSeenError(
          'custom email messages need Amazon SES: use --from with an address that is verified there',
        );
      }
      const { username } = await confirmedUser(stage);
      return (await reset(stage, username, { task: 'no-code' })).name;
    },
  },
  {
    assumption: 'ADMIN_CLIENT_ID',
    origin: 'cognito',
    expected: 'CLIENT_ID_NOT_APPLICABLE',
    see: async (stage) => {
      const { clientId } = await tellReset(stage, (await confirmedUser(stage)).username);
      // Another value could be the id of an app client.
      return /^[A-Z_]+$/.test(clientId) ? clientId : 'another value';
    },
  },
  {
    assumption: 'UNKNOWN_SDK_VERSION',
    origin: 'cognito',
    expected: 'aws-sdk-unknown-unknown',
    see: async (stage) => (await tellReset(stage, (await confirmedUser(stage)).username)).sdk,
  },
  {
    assumption: 'triggerEventUser',
    origin: 'cognito',
    expected: 'the user name, CONFIRMED',
    see: async (stage) => {
      const { username, sub } = await confirmedUser(stage);
      const { userName, status } = await tellReset(stage, sub);
      const name = { [username]: 'the user name', [sub]: 'the sub' }[userName] ?? 'something else';
      return `${name}, ${status}`;
    },
  },
  {
    assumption: 'CRASH_ERROR_TYPES',
    origin: 'cognito',
    expected: 'UnexpectedLambdaException',
    see: async (stage) => (await reset(stage, (await confirmedUser(stage)).username, { task: 'crash' })).name,
  },
  {
    assumption: 'requiresResetBeforePasswordCheck',
    origin: 'cognito',
    expected: 'PasswordResetRequiredException for a wrong password',
    see: async (stage) => {
      const user = await resetUser(stage);
      const { name } = await outcomeOf(signIn(stage, { ...user, password: 'Wrong-password-1' }));
      return `${name} for a wrong password`;
    },
  },
  {
    assumption: 'STATUSES_THAT_CAN_REFRESH',
    origin: 'cognito',
    expected: 'a refresh token from before the reset: accepted',
    see: async (stage) => {
      const { refreshToken } = await resetUser(stage);
      const { name } = await outcomeOf(
        stage.cognito.send(
          new InitiateAuthCommand({
            ClientId: stage.outputs.ClientId,
            AuthFlow: 'REFRESH_TOKEN_AUTH',
            AuthParameters: { REFRESH_TOKEN: refreshToken },
          }),
        ),
      );
      return `a refresh token from before the reset: ${name}`;
    },
  },
  {
    assumption: 'SIMULATED_DESTINATION',
    origin: 'cognito',
    expected: 'EMAIL s***@e***, SMS +*******0000',
    see: async ({ cognito, outputs }) => {
      const seen: string[] = [];
      for (const ClientId of [outputs.QuietClientId, outputs.SmsQuietClientId]) {
        const command = new ForgotPasswordCommand({ ClientId, Username: newUsername() });
        const { CodeDeliveryDetails } = await cognito.send(command);
        seen.push(`${CodeDeliveryDetails?.DeliveryMedium} ${CodeDeliveryDetails?.Destination}`);
      }
      return seen.join(', ');
    },
  },
  {
    assumption: 'validateCodeThenPassword',
    origin: 'cognito',
    expected: 'CodeMismatchException for a wrong code with a weak password',
    see: async (stage) => {
      const { username } = await resetUser(stage);
      const { name } = await outcomeOf(
        stage.cognito.send(
          new ConfirmForgotPasswordCommand({
            ClientId: stage.outputs.ClientId,
            Username: username,
            // No code has a letter.
            ConfirmationCode: '00000a',
            Password: 'aaaaaaaaaaaa',
          }),
        ),
      );
      return `${name} for a wrong code with a weak password`;
    },
  },
  {
    assumption: 'noInvitationContactError',
    origin: 'cognito',
    expected: 'InvalidParameterException',
    see: async ({ cognito, outputs }) => {
      const invitation = { UserPoolId: outputs.UserPoolId, Username: newUsername() };
      const command = new AdminCreateUserCommand({ ...invitation, DesiredDeliveryMediums: ['EMAIL'] });
      return (await outcomeOf(cognito.send(command))).name;
    },
  },
  {
    assumption: 'clockOfCognito',
    origin: 'lambda',
    expected: `a reset is at most ${CLOCK_TOLERANCE} seconds older than its call, by the clock of this machine`,
    see: async (stage) => {
      const { username, resetStartedAt } = await resetUser(stage);
      const changedAt = (await getUser(stage, username)).UserLastModifiedDate?.getTime() ?? 0;
      const seconds = Math.max(CLOCK_TOLERANCE, Math.ceil((resetStartedAt - changedAt) / 1000));
      return `a reset is at most ${seconds} seconds older than its call, by the clock of this machine`;
    },
  },
  {
    assumption: 'signInIsNoChange',
    origin: 'lambda',
    expected: 'UserLastModifiedDate is the same after a sign-in',
    see: async (stage) => {
      const user = await confirmedUser(stage);
      const before = (await getUser(stage, user.username)).UserLastModifiedDate?.getTime();
      // The dates may have a precision of one second.
      await stage.clock.wait(1_100);
      await signIn(stage, user);
      const after = (await getUser(stage, user.username)).UserLastModifiedDate?.getTime();
      return `UserLastModifiedDate is ${before === after ? 'the same' : 'another'} after a sign-in`;
    },
  },
  {
    assumption: 'triggerSourceOfReset',
    origin: 'docs',
    expected: 'CustomMessage_ForgotPassword',
    see: async (stage) => (await tellReset(stage, (await confirmedUser(stage)).username)).source,
  },
  {
    assumption: 'clientMetadataUnchanged',
    origin: 'docs',
    expected: 'unchanged',
    see: async (stage) => {
      const { username } = await confirmedUser(stage);
      const { metadata } = await tellReset(stage, username, DELICATE_METADATA);
      return metadata === digestOf({ ...DELICATE_METADATA, verify: 'tell' }) ? 'unchanged' : 'changed';
    },
  },
];

async function isListed({ cognito, outputs }: Stage, givenName: string): Promise<boolean> {
  const Filter = `given_name = "${givenName}"`;
  const { Users = [] } = await cognito.send(new ListUsersCommand({ UserPoolId: outputs.UserPoolId, Filter }));
  return Users.length > 0;
}
