import { type Message, Sandbox, type SandboxOptions, type SmsPath } from 'cloud-assembly-sandbox';
import { type Synthesized, synthesize } from './synthesize';

/** The password that every user of the demonstration starts with. */
export const OLD_PASSWORD = 'Old-password-1';

/** The toll-free number of the demonstration's account, where its environment-agnostic stack goes to. */
export const ORIGINATION_IDENTITY_ARN =
  'arn:aws:sms-voice:us-east-1:111122223333:phone-number/phone-0123456789abcdef0123456789abcdef';

/** The users of the demonstration, one for each thing that can be learned. */
export const USERS = [
  { username: 'user', about: 'confirmed, with a verified email address', email_verified: 'true' },
  { username: 'arabic-user', about: 'the same, with the locale ar', email_verified: 'true', locale: 'ar' },
  {
    username: 'sms-user',
    about: 'with a verified phone number and no verified email address',
    email_verified: 'false',
    phone_number: '+12065550123',
  },
  { username: 'disabled-user', about: 'disabled', email_verified: 'true', enabled: false },
  {
    username: 'invited-user',
    about: 'never signed in (FORCE_CHANGE_PASSWORD)',
    email_verified: 'true',
    status: 'FORCE_CHANGE_PASSWORD',
  },
  { username: 'unreachable-user', about: 'without a verified email address', email_verified: 'false' },
] as const;

export interface DemonstrationOptions extends Omit<SandboxOptions, 'assemblyDirectory'> {
  /**
   * The service that SMS go through.
   *
   * @default 'END_USER_MESSAGING'
   */
  readonly smsPath?: SmsPath;
  /**
   * Further context of the app, as `cdk synth -c` takes it.
   *
   * @default - none
   */
  readonly context?: Readonly<Record<string, string>>;
}

/** The app of bin/, synthesized and running on this machine, with users to try it on. */
export class Demonstration {
  static async start({
    smsPath = 'END_USER_MESSAGING',
    context,
    ...options
  }: DemonstrationOptions = {}): Promise<Demonstration> {
    const synthesized = await synthesize({
      ...context,
      fromEmail: 'no-reply@example.com',
      ...(smsPath === 'SNS' ? { snsSms: 'true' } : { originationIdentityArn: ORIGINATION_IDENTITY_ARN }),
    });
    let sandbox: Sandbox | undefined;
    try {
      sandbox = await Sandbox.start({ ...options, assemblyDirectory: synthesized.directory });
      // The account has the number also when the app does not name it: then it is for Amazon SNS to choose.
      sandbox.sms.addImportedIdentity(ORIGINATION_IDENTITY_ARN);
      const demonstration = new Demonstration(sandbox, synthesized);
      await demonstration.#addUsers();
      return demonstration;
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
  /** Of the users above, by `sub`. */
  readonly subs: string[] = [];

  private constructor(
    readonly sandbox: Sandbox,
    private readonly synthesized: Synthesized,
  ) {
    const output = (name: string) => {
      const value = sandbox.assembly.outputs[name];
      if (value === undefined)
        throw new Error(`the app of bin/ has no output ${name}: expected it with its own user pool`);
      return value;
    };
    this.functionName = output('FunctionName');
    this.readinessFunctionName = output('SmsReadinessFunctionName');
    this.userPoolId = output('UserPoolId');
    this.clientId = output('AppClientId');
    this.campaignArn = output('CampaignArn');
    this.dryRunArn = output('DryRunArn');
  }

  /** For a client of the AWS SDK, with the keys of a developer: any that are not a role's. */
  get clientConfig() {
    return {
      endpoint: this.sandbox.endpoint,
      region: this.userPoolId.split('_', 1)[0],
      credentials: { accessKeyId: 'developer', secretAccessKey: 'developer' },
    };
  }

  /** The latest message that the user pool sent. */
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
