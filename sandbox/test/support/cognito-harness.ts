import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import {
  AdminGetUserCommand,
  CognitoIdentityProviderClient,
  InitiateAuthCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { type InvocationResult, type Json, type Message, ServiceError } from '../../src/model';
import { CognitoService } from '../../src/services/cognito/cognito-service';
import type { NewUser } from '../../src/services/cognito/user-administration';
import { SesAccount } from '../../src/services/ses/ses-account';

export const USER_POOL_ID = 'us-east-1_Abcdefghi';
export const OTHER_USER_POOL_ID = 'eu-west-1_Other0000';
export const OTHER_USER_POOL_ARN = `arn:aws:cognito-idp:eu-west-1:111122223333:userpool/${OTHER_USER_POOL_ID}`;
export const USER_POOL_ARN = `arn:aws:cognito-idp:us-east-1:111122223333:userpool/${USER_POOL_ID}`;
export const CLIENT_ID = 'plainclient';
/** An app client that prevents user existence errors. */
export const HIDING_CLIENT_ID = 'hidingclient';
export const OTHER_CLIENT_ID = 'otherclient';
export const PASSWORD = 'Correct-horse-1';
export const TRIGGER_ARN = 'arn:aws:lambda:us-east-1:111122223333:function:messages';

const AUTH_FLOWS = ['ALLOW_USER_PASSWORD_AUTH', 'ALLOW_ADMIN_USER_PASSWORD_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'];

type Trigger = (event: Json) => Promise<InvocationResult>;

/** A user pool behind an HTTP endpoint, with an SDK client and a record of its messages and its trigger's events. */
export class CognitoHarness {
  readonly messages: Message[] = [];
  readonly triggerEvents: Json[] = [];
  readonly invokedFunctions: string[] = [];
  service!: CognitoService;
  client!: CognitoIdentityProviderClient;
  trigger: Trigger = async (event) => ({ payload: event });
  time = Date.parse('2026-01-01T00:00:00Z');
  readonly ses = new SesAccount(() => new Date(this.time));
  #server!: Server;

  static async start(properties: Json = {}, clientProperties: Json = {}): Promise<CognitoHarness> {
    const harness = new CognitoHarness();
    const client = (clientId: string, own: Json) => ({
      clientId,
      clientName: clientId,
      properties: { ExplicitAuthFlows: AUTH_FLOWS, ...own },
    });
    const other = { userPoolId: OTHER_USER_POOL_ID, userPoolArn: OTHER_USER_POOL_ARN, properties: {} };
    harness.service = await CognitoService.create({
      pools: [
        {
          userPoolId: USER_POOL_ID,
          userPoolArn: USER_POOL_ARN,
          properties,
          clients: [
            client(CLIENT_ID, clientProperties),
            client(HIDING_CLIENT_ID, { PreventUserExistenceErrors: 'ENABLED', ...clientProperties }),
          ],
        },
        { ...other, clients: [client(OTHER_CLIENT_ID, {})] },
      ],
      invokeTrigger: async (functionArn, event) => {
        harness.invokedFunctions.push(functionArn);
        harness.triggerEvents.push(event as Json);
        return harness.trigger(event as Json);
      },
      ses: harness.ses,
      deliver: (message) => harness.messages.push(message),
      now: () => new Date(harness.time),
    });
    await harness.#listen();
    return harness;
  }

  async stop(): Promise<void> {
    this.client.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  addUser(user: Partial<NewUser> = {}): Promise<string> {
    return this.service.addUser({
      userPoolId: USER_POOL_ID,
      username: 'jane',
      password: PASSWORD,
      attributes: VERIFIED_EMAIL,
      ...user,
    });
  }

  /** Makes the trigger return this response. */
  answerTrigger(response: unknown): void {
    this.trigger = async (event) => ({ payload: { ...event, response } });
  }

  get lastCode(): string {
    return /\d{6}/.exec(this.messages.at(-1)?.body ?? '')?.[0] ?? '';
  }

  signIn(Password = PASSWORD, Username = 'jane') {
    const AuthParameters = { USERNAME: Username, PASSWORD: Password };
    return this.client.send(
      new InitiateAuthCommand({ ClientId: CLIENT_ID, AuthFlow: 'USER_PASSWORD_AUTH', AuthParameters }),
    );
  }

  async status(Username = 'jane'): Promise<string | undefined> {
    return (await this.client.send(new AdminGetUserCommand({ UserPoolId: USER_POOL_ID, Username }))).UserStatus;
  }

  async #listen(): Promise<void> {
    this.#server = createServer(async (request, response) => {
      const operation = String(request.headers['x-amz-target']).split('.')[1];
      const answer = (status: number, body: Json) =>
        response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(body));
      try {
        answer(200, await this.service.call(operation, JSON.parse(await text(request))));
      } catch (error) {
        if (!(error instanceof ServiceError)) throw error;
        answer(error.status, { __type: error.name, message: error.message, ...error.fields });
      }
    });
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    this.client = new CognitoIdentityProviderClient({
      endpoint: `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`,
      region: 'us-east-1',
      credentials: { accessKeyId: 'EXAMPLE', secretAccessKey: 'example' },
      maxAttempts: 1,
    });
  }
}

export const VERIFIED_EMAIL = { email: 'jane@example.com', email_verified: 'true' };
export const VERIFIED_PHONE = { phone_number: '+15555550100', phone_number_verified: 'true' };
export const CUSTOM_MESSAGE_TRIGGER = { LambdaConfig: { CustomMessage: TRIGGER_ARN } };
export const SES_EMAIL = { EmailConfiguration: { EmailSendingAccount: 'DEVELOPER' } };

export function accountRecovery(...names: readonly string[]): Json {
  const RecoveryMechanisms = names.map((Name, index) => ({ Name, Priority: index + 1 }));
  return { AccountRecoverySetting: { RecoveryMechanisms } };
}
