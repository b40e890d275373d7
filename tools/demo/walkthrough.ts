import {
  CognitoIdentityProviderClient,
  ConfirmForgotPasswordCommand,
  ForgotPasswordCommand,
  InitiateAuthCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import type { Message, SmsPath } from 'cloud-assembly-sandbox';
import { RESERVED_METADATA_KEY, type ResetRequest } from '../../lib/contract/reset';
import { type LocalApp, OLD_PASSWORD, ORIGINATION_IDENTITY_ARN } from '../shared/local-app';
import type { Printer } from '../shared/printer';

const NEW_PASSWORD = 'New-password-2';

/** How an invocation of the reset function ended, as its caller sees it. */
interface Answer {
  readonly failed: boolean;
  readonly payload: { readonly status?: string; readonly errorType?: string; readonly errorMessage?: string };
}

/** Does with the real SDK what an application and its help desk would do, and reports step by step. */
export class Walkthrough {
  readonly #cognito: CognitoIdentityProviderClient;
  #held = true;

  constructor(
    private readonly demonstration: LocalApp,
    private readonly report: Printer,
  ) {
    this.#cognito = new CognitoIdentityProviderClient(demonstration.clientConfig);
  }

  /**
   * From the first sign-in to the next, then what is refused, then SMS. Tells whether every step held.
   *
   * @param throughSns the same app with SMS through Amazon SNS, which may still be starting
   */
  async run(throughSns: Promise<LocalApp>): Promise<boolean> {
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

    await this.#tellOfSms(throughSns);

    this.report.ending(this.#held ? 'Every step held.' : 'Not every step held.', this.#held);
    return this.#held;
  }

  async #tellOfSms(throughSns: Promise<LocalApp>): Promise<void> {
    this.report.heading('By SMS');
    const number = this.demonstration.sandbox.sms.import(ORIGINATION_IDENTITY_ARN);
    number.status = 'PENDING';
    const request = { username: 'sms-user', clientMetadata: { template: 'breach' } };
    const [{ payload }, none] = await this.#messageAfter(() => this.#invoke(request));
    const refused = payload.errorType === 'CodeDeliveryFailureException' && none === undefined;
    this.#step('While the number waits for its registration, nothing is sent', refused, shown(payload));
    number.status = 'ACTIVE';
    await this.#expectSignIn('That did not reset anybody', OLD_PASSWORD, undefined, 'sms-user');

    await this.#showSms('Once it is active, it is what the message leaves from', 'END_USER_MESSAGING');
    const title = 'Amazon SNS chooses a number of the account by itself';
    await this.#showSms(title, 'SNS', await throughSns);
  }

  async #showSms(title: string, path: SmsPath, demonstration = this.demonstration): Promise<void> {
    const request = { username: 'sms-user', clientMetadata: { template: 'breach' } };
    const [, message] = await this.#messageAfter(() => this.#invoke(request, demonstration), demonstration);
    const { channel, smsPath, originationIdentity } = message ?? {};
    const held = channel === 'SMS' && smsPath === path && originationIdentity === ORIGINATION_IDENTITY_ARN;
    this.#showMessage(title, message, held);
  }

  /** Sends a request of the reader's own. Tells whether the password was reset. */
  async sendRequest(request: ResetRequest): Promise<boolean> {
    this.report.heading(`Your request to ${this.demonstration.functionName}`);
    const [{ failed, payload }, message] = await this.#messageAfter(() => this.#invoke(request));
    this.#step(failed ? `It failed with ${payload.errorType}` : 'The password was reset', !failed, shown(payload));
    if (message) this.report.message(message);
    return !failed;
  }

  /** What an action answers, and the message that it sent. */
  async #messageAfter<T>(act: () => Promise<T>, demonstration = this.demonstration): Promise<[T, Message | undefined]> {
    const before = demonstration.lastMessage;
    const answer = await act();
    const message = demonstration.lastMessage;
    return [answer, message === before ? undefined : message];
  }

  /** It must be from the catalog. */
  #showMessage(title: string, message: Message | undefined, held = true): void {
    this.#step(title, held && message?.origin === 'TRIGGER');
    if (message) this.report.message(message);
  }

  /** The public API, which anybody can call who knows the app client. */
  async #forgotPassword(clientMetadata: Record<string, string>): Promise<void> {
    const ClientId = this.demonstration.clientId;
    await this.#cognito.send(new ForgotPasswordCommand({ ClientId, Username: 'user', ClientMetadata: clientMetadata }));
  }

  async #expectSignIn(title: string, password: string, refusal: string | undefined, username = 'user'): Promise<void> {
    const error = await this.#signIn(password, username);
    this.#step(title, error === refusal, error);
  }

  /** The name of the error with which signing in is refused; undefined when it succeeds. */
  async #signIn(password: string, username: string): Promise<string | undefined> {
    const AuthParameters = { USERNAME: username, PASSWORD: password };
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

  async #invoke(request: ResetRequest, { clientConfig, functionName } = this.demonstration): Promise<Answer> {
    const { FunctionError, Payload } = await new LambdaClient(clientConfig).send(
      new InvokeCommand({ FunctionName: functionName, Payload: JSON.stringify(request) }),
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
