import {
  CognitoIdentityProviderClient,
  ConfirmForgotPasswordCommand,
  InitiateAuthCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import type { ResetRequest } from '../lib/contract';
import { type Demonstration, OLD_PASSWORD } from './demonstration';
import type { Report } from './report';

const NEW_PASSWORD = 'New-password-2';

/** How an invocation of the reset function ended, as its caller sees it. */
interface Answer {
  readonly failed: boolean;
  readonly payload: { readonly status?: string; readonly errorType?: string; readonly errorMessage?: string };
}

/** Does with the real SDK what an application and its help desk would do, and reports step by step. */
export class Story {
  readonly #cognito: CognitoIdentityProviderClient;
  readonly #lambda: LambdaClient;
  #held = true;

  constructor(
    private readonly demonstration: Demonstration,
    private readonly report: Report,
  ) {
    const config = {
      endpoint: demonstration.sandbox.endpoint,
      region: demonstration.userPoolId.split('_', 1)[0],
      // Any key that is not a role's is the developer's own.
      credentials: { accessKeyId: 'developer', secretAccessKey: 'developer' },
    };
    this.#cognito = new CognitoIdentityProviderClient(config);
    this.#lambda = new LambdaClient(config);
  }

  /** From the first sign-in to the next, then what is refused. Tells whether every step held. */
  async tell(): Promise<boolean> {
    const { functionName, lastMessage: before } = this.demonstration;
    this.report.heading('A user is made to choose a new password');
    await this.#expectSignIn('The user signs in with the old password', OLD_PASSWORD, undefined);

    const answer = await this.#invoke({ username: 'user', reason: 'seen in a leaked password list' });
    this.#step(`The help desk invokes ${functionName}`, answer.payload.status === 'RESET_REQUIRED', answer.payload);
    await this.#expectSignIn('The old password is refused', OLD_PASSWORD, 'PasswordResetRequiredException');

    const message = this.demonstration.lastMessage;
    this.#step('The user gets a message', message !== undefined && message !== before);
    if (message) this.report.message(message);
    await this.#confirm(/\d{6}/.exec(message?.body ?? '')?.[0] ?? '');
    await this.#expectSignIn('The user signs in with it', NEW_PASSWORD, undefined);

    this.report.heading('What is refused');
    await this.#expectRefusal('A misspelt field does not silently reset without metadata', 'InvalidRequestError', {
      username: 'user',
      clientMetaData: { template: 'breach' },
    } as unknown as ResetRequest);
    await this.#expectRefusal('A request cannot choose another user pool', 'InvalidRequestError', {
      username: 'user',
      userPoolId: 'us-east-1_Another01',
    });
    await this.#expectRefusal('A forged signature in the metadata', 'InvalidRequestError', {
      username: 'user',
      clientMetadata: { cdkCognitoPasswordReset: 'forged' },
    });
    await this.#expectRefusal('A user who does not exist', 'UserNotFoundException', { username: 'nobody' });
    await this.#expectRefusal('A user who is disabled', 'NotAuthorizedException', { username: 'disabled-user' });
    await this.#expectSignIn('None of these reset anybody: the new password still works', NEW_PASSWORD, undefined);

    this.report.ending(this.#held ? 'Every step held.' : 'Not every step held.', this.#held);
    return this.#held;
  }

  /** Sends a request of the reader's own. Tells whether the password was reset. */
  async send(request: ResetRequest): Promise<boolean> {
    const { lastMessage: before, functionName } = this.demonstration;
    this.report.heading(`Your request to ${functionName}`);
    const { failed, payload } = await this.#invoke(request);
    this.#step(failed ? `It failed with ${payload.errorType}` : 'The password was reset', !failed, shown(payload));
    const message = this.demonstration.lastMessage;
    if (message && message !== before) this.report.message(message);
    return !failed;
  }

  async #expectSignIn(title: string, password: string, refusal: string | undefined): Promise<void> {
    const error = await this.#signIn(password);
    this.#step(title, error === refusal, error);
  }

  /** The name of the error with which signing in is refused; undefined when it succeeds. */
  async #signIn(password: string): Promise<string | undefined> {
    const AuthParameters = { USERNAME: 'user', PASSWORD: password };
    try {
      const ClientId = this.demonstration.clientId;
      await this.#cognito.send(new InitiateAuthCommand({ AuthFlow: 'USER_PASSWORD_AUTH', ClientId, AuthParameters }));
      return undefined;
    } catch (error) {
      return (error as Error).name;
    }
  }

  async #confirm(code: string): Promise<void> {
    const title = 'The user chooses a new password with the code';
    const input = { ClientId: this.demonstration.clientId, Username: 'user', ConfirmationCode: code };
    try {
      await this.#cognito.send(new ConfirmForgotPasswordCommand({ ...input, Password: NEW_PASSWORD }));
      this.#step(title, true);
    } catch (error) {
      this.#step(title, false, (error as Error).name);
    }
  }

  async #expectRefusal(title: string, errorType: string, request: ResetRequest): Promise<void> {
    const { payload } = await this.#invoke(request);
    this.#step(title, payload.errorType === errorType, shown(payload));
  }

  async #invoke(request: ResetRequest): Promise<Answer> {
    const { FunctionError, Payload } = await this.#lambda.send(
      new InvokeCommand({ FunctionName: this.demonstration.functionName, Payload: JSON.stringify(request) }),
    );
    return { failed: FunctionError !== undefined, payload: JSON.parse(Buffer.from(Payload ?? []).toString()) };
  }

  #step(title: string, held: boolean, detail?: unknown): void {
    this.#held &&= held;
    this.report.step({ title, held, detail });
  }
}

/** Without the stack trace that Lambda adds to an error. */
function shown({ errorType, errorMessage, ...rest }: Answer['payload']): unknown {
  return errorType === undefined ? rest : `${errorType}: ${errorMessage}`;
}
