import { type Message, Sandbox, type SandboxOptions, type SmsPath } from 'cloud-assembly-sandbox';
import { type SynthesizedApp, synthesizeApp } from './synthesize';
import { OLD_PASSWORD, ORIGINATION_IDENTITY_ARN, USERS } from './users';

export interface LocalAppOptions extends Omit<SandboxOptions, 'assemblyDirectory'> {
  /**
   * The service that sends SMS messages.
   *
   * @default 'END_USER_MESSAGING'
   */
  readonly smsPath?: SmsPath;
  /**
   * Additional context of the app, as with `cdk synth -c`.
   *
   * @default - none
   */
  readonly context?: Readonly<Record<string, string>>;
}

/** The app of bin/, synthesized and running in the sandbox, with users to try it with. */
export class LocalApp {
  static async start({ smsPath = 'END_USER_MESSAGING', context, ...options }: LocalAppOptions = {}): Promise<LocalApp> {
    const synthesized = await synthesizeApp({
      ...context,
      fromEmail: 'no-reply@example.com',
      ...(smsPath === 'SNS' ? { snsSms: 'true' } : { originationIdentityArn: ORIGINATION_IDENTITY_ARN }),
    });
    let sandbox: Sandbox | undefined;
    try {
      sandbox = await Sandbox.start({ ...options, assemblyDirectory: synthesized.directory });
      // With Amazon SNS, the app does not name a number: Amazon SNS selects one that the account has.
      sandbox.sms.addImportedIdentity(ORIGINATION_IDENTITY_ARN);
      const app = new LocalApp(sandbox, synthesized);
      await app.#addUsers();
      return app;
    } catch (error) {
      await sandbox?.stop();
      synthesized.remove();
      throw error;
    }
  }

  readonly functionName: string;
  readonly readinessFunctionName: string;
  readonly userPoolId: string;
  readonly clientId: string;
  readonly campaignArn: string;
  readonly dryRunArn: string;
  /** The `sub` of each of the {@link USERS}. */
  readonly subs: string[] = [];

  private constructor(
    readonly sandbox: Sandbox,
    private readonly synthesized: SynthesizedApp,
  ) {
    const output = (name: string) => {
      const value = sandbox.assembly.outputs[name];
      if (value === undefined) throw new Error(`output ${name} of the app of bin/: got none, expected one`);
      return value;
    };
    this.functionName = output('FunctionName');
    this.readinessFunctionName = output('SmsReadinessFunctionName');
    this.userPoolId = output('UserPoolId');
    this.clientId = output('AppClientId');
    this.campaignArn = output('CampaignArn');
    this.dryRunArn = output('DryRunArn');
  }

  /**
   * The configuration of an AWS SDK client that calls the sandbox. The sandbox lets any access key call everything,
   * unless it is the access key of a role.
   */
  get clientConfig() {
    return {
      endpoint: this.sandbox.endpoint,
      region: this.userPoolId.split('_', 1)[0],
      credentials: { accessKeyId: 'developer', secretAccessKey: 'developer' },
    };
  }

  /** The last message that the user pool sent. */
  get lastMessage(): Message | undefined {
    return this.sandbox.messages.at(-1);
  }

  async stop(): Promise<void> {
    await this.sandbox.stop();
    this.synthesized.remove();
  }

  async #addUsers(): Promise<void> {
    for (const user of USERS) {
      const {
        username,
        email_verified,
        about: _,
        locale,
        phone_number,
        ...rest
      } = {
        locale: 'en',
        phone_number: undefined,
        ...user,
      };
      const phone = phone_number !== undefined && { phone_number, phone_number_verified: 'true' };
      const sub = await this.sandbox.cognito.addUser({
        userPoolId: this.userPoolId,
        username,
        password: OLD_PASSWORD,
        attributes: { email: `${username}@example.com`, email_verified, given_name: 'User', locale, ...phone },
        ...rest,
      });
      this.subs.push(sub);
    }
  }
}
