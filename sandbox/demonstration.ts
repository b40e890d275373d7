import { Sandbox, type SandboxOptions } from './sandbox';
import type { Message } from './service';
import { type Synthesized, synthesize } from './synthesize';

/** The password that every user of the demonstration starts with. */
export const OLD_PASSWORD = 'Old-password-1';

/** The users of the demonstration, one for each thing that can be learned. */
export const USERS = [
  { username: 'user', about: 'confirmed, with a verified email address', email_verified: 'true' },
  { username: 'arabic-user', about: 'the same, with the locale ar', email_verified: 'true', locale: 'ar' },
  { username: 'disabled-user', about: 'disabled', email_verified: 'true', enabled: false },
  {
    username: 'invited-user',
    about: 'never signed in (FORCE_CHANGE_PASSWORD)',
    email_verified: 'true',
    status: 'FORCE_CHANGE_PASSWORD',
  },
  { username: 'unreachable-user', about: 'without a verified email address', email_verified: 'false' },
] as const;

/** The app of bin/, synthesized and running on this machine, with users to try it on. */
export class Demonstration {
  static async start(options: Omit<SandboxOptions, 'assemblyDirectory'> = {}): Promise<Demonstration> {
    const synthesized = await synthesize({ fromEmail: 'no-reply@example.com' });
    let sandbox: Sandbox | undefined;
    try {
      sandbox = await Sandbox.start({ ...options, assemblyDirectory: synthesized.directory });
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
  readonly userPoolId: string;
  readonly clientId: string;

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
    this.userPoolId = output('UserPoolId');
    this.clientId = output('AppClientId');
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
      const { username, email_verified, about: _, locale, ...rest } = { locale: 'en', ...user };
      await this.sandbox.cognito.addUser({
        userPoolId: this.userPoolId,
        username,
        password: OLD_PASSWORD,
        attributes: { email: `${username}@example.com`, email_verified, given_name: 'User', locale },
        ...rest,
      });
    }
  }
}
