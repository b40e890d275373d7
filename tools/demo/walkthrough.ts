import {
  CognitoIdentityProviderClient,
  ConfirmForgotPasswordCommand,
  ForgotPasswordCommand,
  InitiateAuthCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import type { Message, SmsPath } from 'cloud-assembly-sandbox';
import { RESERVED_METADATA_KEY, type ResetRequest } from '../../lib/contract/reset';
import type { LocalApp } from '../shared/local-app';
import type { Printer } from '../shared/printer';
import { OLD_PASSWORD, ORIGINATION_IDENTITY_ARN } from '../shared/users';

const NEW_PASSWORD = 'New-password-2';

/** The response of the reset function, as its caller gets it. */
interface InvocationResponse {
  readonly failed: boolean;
  readonly payload: { readonly status?: string; readonly errorType?: string; readonly errorMessage?: string };
}

/** Calls the app with the AWS SDK, as an application and its help desk would, and prints each step. */
export class Walkthrough {
  readonly #cognito: CognitoIdentityProviderClient;
  /** Whether every step so far had the expected result. */
  #held = true;

  constructor(
    private readonly app: LocalApp,
    private readonly printer: Printer,
  ) {
    this.#cognito = new CognitoIdentityProviderClient(app.clientConfig);
  }

  /**
   * Shows a whole reset, refused requests, and SMS messages. Returns whether every step had the expected result.
   *
   * @param appWithSns the same app, which sends SMS messages through Amazon SNS; it may still be starting
   */
  async run(appWithSns: Promise<LocalApp>): Promise<boolean> {
    await this.#showReset();
    await this.#showOtherLocale();
    await this.#showSelfService();
    await this.#showRefusals();
    await this.#showSmsDelivery(appWithSns);
    this.printer.ending(
      this.#held ? 'Every step had the expected result.' : 'A step did not have the expected result: look for ✗ above.',
      this.#held,
    );
    return this.#held;
  }

  async #showReset(): Promise<void> {
    const { functionName } = this.app;
    this.printer.heading('The help desk resets the password of a user');
    await this.#expectSignIn('The user signs in with the old password', OLD_PASSWORD, undefined);

    const [response, message] = await this.#withMessage(() =>
      this.#invoke({
        username: 'user',
        clientMetadata: { template: 'breach' },
        reason: 'seen in a leaked password list',
      }),
    );
    const isReset = response.payload.status === 'RESET_REQUIRED';
    this.#step(`The help desk invokes the function ${functionName}`, isReset, response.payload);
    await this.#expectSignIn('Cognito refuses the old password', OLD_PASSWORD, 'PasswordResetRequiredException');
    this.#showMessage('The user gets a message, from the template that the help desk chose', message);
    await this.#confirm(/(?<!&#)\b\d{6}\b/.exec(message?.body ?? '')?.[0] ?? '');
    await this.#expectSignIn('The user signs in with the new password', NEW_PASSWORD, undefined);
  }

  async #showOtherLocale(): Promise<void> {
    this.printer.heading('The same for a user who reads Arabic');
    const [, message] = await this.#withMessage(() =>
      this.#invoke({ username: 'arabic-user', clientMetadata: { template: 'help-desk', ticket: '4711' } }),
    );
    this.#showMessage('A user with the locale ar gets the message in Arabic', message);
  }

  async #showSelfService(): Promise<void> {
    this.printer.heading('A user forgot the password: ForgotPassword is a public API, so its metadata is not trusted');
    const [, ownMessage] = await this.#withMessage(() => this.#forgotPassword({ locale: 'de' }));
    this.#showMessage('The user gets the self-service message, in the language of the request', ownMessage);
    const [, forgedMessage] = await this.#withMessage(() =>
      this.#forgotPassword({
        locale: 'de',
        template: 'help-desk',
        ticket: 'https://phishing.example.com',
        [RESERVED_METADATA_KEY]: forgedSignature(),
      }),
    );
    this.#step(
      'A request with another template and a forged signature gets the same self-service message',
      forgedMessage !== undefined && ownMessage !== undefined && withoutCode(forgedMessage) === withoutCode(ownMessage),
    );
  }

  async #showRefusals(): Promise<void> {
    this.printer.heading('Requests that are refused');
    await this.#expectError(
      'A request with a misspelt field is refused: the field is not ignored',
      'InvalidRequestError',
      {
        username: 'user',
        clientMetaData: { template: 'breach' },
      } as unknown as ResetRequest,
    );
    await this.#expectError('A request for another user pool is refused', 'InvalidRequestError', {
      username: 'user',
      userPoolId: 'us-east-1_Another01',
    });
    await this.#expectError('A request with a signature of its own is refused', 'InvalidRequestError', {
      username: 'user',
      clientMetadata: { [RESERVED_METADATA_KEY]: 'forged' },
    });
    await this.#expectError('A request for a user who does not exist is refused', 'UserNotFoundException', {
      username: 'nobody',
    });
    await this.#expectError('A request for a disabled user is refused', 'NotAuthorizedException', {
      username: 'disabled-user',
    });
    await this.#expectSignIn('No user was reset: the new password still works', NEW_PASSWORD, undefined);
  }

  async #showSmsDelivery(appWithSns: Promise<LocalApp>): Promise<void> {
    this.printer.heading('The code by SMS message');
    const number = this.app.sandbox.sms.addImportedIdentity(ORIGINATION_IDENTITY_ARN);
    number.status = 'PENDING';
    const request = { username: 'sms-user', clientMetadata: { template: 'breach' } };
    const [{ payload }, message] = await this.#withMessage(() => this.#invoke(request));
    const isNotSent = payload.errorType === 'CodeDeliveryFailureException' && message === undefined;
    this.#step(
      'The phone number is not registered yet: the reset fails, and no message is sent',
      isNotSent,
      withoutStackTrace(payload),
    );
    number.status = 'ACTIVE';
    await this.#expectSignIn(
      'The user was not reset: the old password still works',
      OLD_PASSWORD,
      undefined,
      'sms-user',
    );

    await this.#showSms('The phone number is registered: it sends the message', 'END_USER_MESSAGING');
    await this.#showSms('Amazon SNS selects a phone number of the account', 'SNS', await appWithSns);
  }

  async #showSms(title: string, path: SmsPath, app = this.app): Promise<void> {
    const request = { username: 'sms-user', clientMetadata: { template: 'breach' } };
    const [, message] = await this.#withMessage(() => this.#invoke(request, app), app);
    const { channel, smsPath, originationIdentity } = message ?? {};
    const held = channel === 'SMS' && smsPath === path && originationIdentity === ORIGINATION_IDENTITY_ARN;
    this.#showMessage(title, message, held);
  }

  /** Sends one request and shows the response. Returns whether the user was reset. */
  async sendRequest(request: ResetRequest): Promise<boolean> {
    this.printer.heading(`Your request to the function ${this.app.functionName}`);
    const [{ failed, payload }, message] = await this.#withMessage(() => this.#invoke(request));
    this.#step(
      failed ? `The request failed with ${payload.errorType}` : 'The user was reset',
      !failed,
      withoutStackTrace(payload),
    );
    if (message) this.printer.message(message);
    return !failed;
  }

  /** Returns the result of an action, and the message that the user pool sent meanwhile. */
  async #withMessage<T>(action: () => Promise<T>, app = this.app): Promise<[T, Message | undefined]> {
    const before = app.lastMessage;
    const result = await action();
    const message = app.lastMessage;
    return [result, message === before ? undefined : message];
  }

  /** The step holds only if the message is from the catalog. */
  #showMessage(title: string, message: Message | undefined, held = true): void {
    this.#step(title, held && message?.origin === 'TRIGGER');
    if (message) this.printer.message(message);
  }

  /** The public API: every caller who knows the id of the app client can call it. */
  async #forgotPassword(clientMetadata: Record<string, string>): Promise<void> {
    const ClientId = this.app.clientId;
    await this.#cognito.send(new ForgotPasswordCommand({ ClientId, Username: 'user', ClientMetadata: clientMetadata }));
  }

  /** @param errorName the error that is expected; undefined when the sign-in must succeed */
  async #expectSignIn(
    title: string,
    password: string,
    errorName: string | undefined,
    username = 'user',
  ): Promise<void> {
    const error = await this.#signIn(password, username);
    this.#step(title, error === errorName, error);
  }

  /** Returns the name of the error; undefined when the sign-in succeeds. */
  async #signIn(password: string, username: string): Promise<string | undefined> {
    const AuthParameters = { USERNAME: username, PASSWORD: password };
    try {
      const ClientId = this.app.clientId;
      await this.#cognito.send(new InitiateAuthCommand({ AuthFlow: 'USER_PASSWORD_AUTH', ClientId, AuthParameters }));
      return undefined;
    } catch (error) {
      return (error as Error).name;
    }
  }

  async #confirm(code: string): Promise<void> {
    const title = 'The user chooses a new password with the code of the message';
    const input = { ClientId: this.app.clientId, Username: 'user', ConfirmationCode: code };
    try {
      await this.#cognito.send(new ConfirmForgotPasswordCommand({ ...input, Password: NEW_PASSWORD }));
      this.#step(title, true);
    } catch (error) {
      this.#step(title, false, (error as Error).name);
    }
  }

  async #expectError(title: string, errorType: string, request: ResetRequest): Promise<void> {
    const { payload } = await this.#invoke(request);
    this.#step(title, payload.errorType === errorType, withoutStackTrace(payload));
  }

  async #invoke(request: ResetRequest, { clientConfig, functionName } = this.app): Promise<InvocationResponse> {
    const { FunctionError, Payload } = await new LambdaClient(clientConfig).send(
      new InvokeCommand({ FunctionName: functionName, Payload: JSON.stringify(request) }),
    );
    return { failed: FunctionError !== undefined, payload: JSON.parse(Buffer.from(Payload ?? []).toString()) };
  }

  #step(title: string, held: boolean, detail?: unknown): void {
    this.#held &&= held;
    this.printer.step({ title, held, detail });
  }
}

/** A signature in the valid format and with the current time, whose MAC was not made with the signing key. */
function forgedSignature(): string {
  return `1.${Date.now()}.${'A'.repeat(22)}.other.${'A'.repeat(43)}`;
}

function withoutCode({ subject, body }: Message): string {
  return `${subject}\n${body}`.replace(/(?<!&#)\b\d{6}\b/, '');
}

/** Lambda adds a stack trace to an error. */
function withoutStackTrace({ errorType, errorMessage, ...rest }: InvocationResponse['payload']): unknown {
  return errorType === undefined ? rest : `${errorType}: ${errorMessage}`;
}
