import {
  CognitoIdentityProviderClient,
  ConfirmForgotPasswordCommand,
  ForgotPasswordCommand,
  InitiateAuthCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { RESERVED_METADATA_KEY, type ResetRequest } from '../lib/contract';
import { type Demonstration, OLD_PASSWORD } from './demonstration';
import type { Report } from './report';
import type { Message } from './service';

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
    const { functionName } = this.demonstration;
    this.report.heading('A user is made to choose a new password');
    await this.#expectSignIn('The user signs in with the old password', OLD_PASSWORD, undefined);

    const reset = () =>
      this.#invoke({
        username: 'user',
        clientMetadata: { template: 'breach' },
        reason: 'seen in a leaked password list',
      });
    const [answer, message] = await this.#messageAfter(reset);
    this.#step(`The help desk invokes ${functionName}`, answer.payload.status === 'RESET_REQUIRED', answer.payload);
    await this.#expectSignIn('The old password is refused', OLD_PASSWORD, 'PasswordResetRequiredException');
    this.#showMessage('The user gets the message of the template that the help desk chose', message);
    await this.#confirm(/\d{6}/.exec(message?.body ?? '')?.[0] ?? '');
    await this.#expectSignIn('The user signs in with it', NEW_PASSWORD, undefined);

    this.report.heading('The same in another language');
    const arabic = () =>
      this.#invoke({ username: 'arabic-user', clientMetadata: { template: 'help-desk', ticket: '4711' } });
    this.#showMessage('A user with the locale ar gets the message in Arabic', (await this.#messageAfter(arabic))[1]);

    this.report.heading('What anybody can ask for, without a signature');
    const [, own] = await this.#messageAfter(() => this.#forgotPassword({ locale: 'de' }));
    this.#showMessage('A user who forgot the password gets another message, and chooses the language', own);
    const [, forged] = await this.#messageAfter(() =>
      this.#forgotPassword({
        locale: 'de',
        template: 'help-desk',
        ticket: 'https://phishing.example.com',
        [RESERVED_METADATA_KEY]: forgedToken(),
      }),
    );
    this.#step(
      'A forged signature changes nothing of it',
      forged !== undefined && own !== undefined && withoutCode(forged) === withoutCode(own),
    );

    this.report.heading('What is refused');
    await this.#expectRefusal('A misspelt field does not silently reset without metadata', 'InvalidRequestError', {
      username: 'user',
      clientMetaData: { template: 'breach' },
    } as unknown as ResetRequest);
    await this.#expectRefusal('A request cannot choose another user pool', 'InvalidRequestError', {
      username: 'user',
      userPoolId: 'us-east-1_Another01',
    });
    await this.#expectRefusal('A request cannot bring its own signature', 'InvalidRequestError', {
      username: 'user',
      clientMetadata: { [RESERVED_METADATA_KEY]: 'forged' },
    });
    await this.#expectRefusal('A user who does not exist', 'UserNotFoundException', { username: 'nobody' });
    await this.#expectRefusal('A user who is disabled', 'NotAuthorizedException', { username: 'disabled-user' });
    await this.#expectSignIn('None of these reset anybody: the new password still works', NEW_PASSWORD, undefined);

    this.report.ending(this.#held ? 'Every step held.' : 'Not every step held.', this.#held);
    return this.#held;
  }

  /** Sends a request of the reader's own. Tells whether the password was reset. */
  async send(request: ResetRequest): Promise<boolean> {
    this.report.heading(`Your request to ${this.demonstration.functionName}`);
    const [{ failed, payload }, message] = await this.#messageAfter(() => this.#invoke(request));
    this.#step(failed ? `It failed with ${payload.errorType}` : 'The password was reset', !failed, shown(payload));
    if (message) this.report.message(message);
    return !failed;
  }

  /** What an action answers, and the message that it sent. */
  async #messageAfter<T>(act: () => Promise<T>): Promise<[T, Message | undefined]> {
    const before = this.demonstration.lastMessage;
    const answer = await act();
    const message = this.demonstration.lastMessage;
    return [answer, message === before ? undefined : message];
  }

  /** It must be from the catalog. */
  #showMessage(title: string, message: Message | undefined): void {
    this.#step(title, message?.origin === 'TRIGGER');
    if (message) this.report.message(message);
  }

  /** The public API, which anybody can call who knows the app client. */
  async #forgotPassword(clientMetadata: Record<string, string>): Promise<void> {
    const ClientId = this.demonstration.clientId;
    await this.#cognito.send(new ForgotPasswordCommand({ ClientId, Username: 'user', ClientMetadata: clientMetadata }));
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

/** As well formed and as fresh as a genuine one, with a MAC that no key made. */
function forgedToken(): string {
  return `1.${Date.now()}.${'A'.repeat(22)}.other.${'A'.repeat(43)}`;
}

function withoutCode({ subject, body }: Message): string {
  return `${subject}\n${body}`.replace(/\b\d{6}\b/, '');
}

/** Without the stack trace that Lambda adds to an error. */
function shown({ errorType, errorMessage, ...rest }: Answer['payload']): unknown {
  return errorType === undefined ? rest : `${errorType}: ${errorMessage}`;
}
