import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** What the global setup prepares for the suites. */
export interface Setup {
  /** A temporary folder for everything. */
  readonly folder: string;
  /** The path of the packed package. */
  readonly tarball: string;
  readonly newestCdk: string;
  readonly newestConstructs: string;
}

export const SETUP_VARIABLE = 'CONSUMERS_SETUP';

export function readSetup(): Setup {
  return JSON.parse(process.env[SETUP_VARIABLE] ?? '{}');
}

/** The versions of Node.js that the package supports. */
export const NODE_MAJORS = [20, 22, 24] as const;

export function nodeFolder({ folder }: Pick<Setup, 'folder'>, major: number): string {
  return join(folder, `node-${major}`);
}

/** What a process printed, on both streams, and how it ended. */
export interface Ended {
  readonly status: number | null;
  readonly output: string;
}

/** Fails with what a process printed, when it failed. */
export function expectSuccess({ status, output }: Ended): void {
  if (status !== 0) throw new Error(`expected success, got the status ${status} and: ${output.slice(-5_000)}`);
}

/** An empty folder, in which a user begins a project. */
export class Consumer {
  public readonly folder = mkdtempSync(join(readSetup().folder, 'consumer-'));
  private readonly path: string;

  /** @param node the major version of the Node.js that runs everything in the folder */
  constructor(
    files: Readonly<Record<string, string>>,
    private readonly node: (typeof NODE_MAJORS)[number] = 24,
  ) {
    this.path = [join(this.folder, 'node_modules', '.bin'), this.nodeBin(node), process.env.PATH].join(':');
    this.write({ 'package.json': '{ "private": true }', ...files });
  }

  public write(files: Readonly<Record<string, string>>): void {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(this.folder, name)), { recursive: true });
      writeFileSync(join(this.folder, name), text);
    }
  }

  public read(file: string): string {
    return readFileSync(join(this.folder, file), 'utf8');
  }

  /** Installs the packed package and others with npm, and fails if npm does. */
  public install(...packages: readonly string[]): void {
    expectSuccess(this.tryInstall(...packages));
  }

  public tryInstall(...packages: readonly string[]): Ended {
    // As after `npm init`: npm refuses versions that exclude each other.
    const options = ['--no-audit', '--no-fund', '--save-exact', '--prefer-offline', '--strict-peer-deps'];
    return this.run('npm', 'install', ...options, readSetup().tarball, ...packages);
  }

  public run(command: string, ...args: readonly string[]): Ended {
    return this.runOn(this.node, command, ...args);
  }

  public runOn(node: (typeof NODE_MAJORS)[number], command: string, ...args: readonly string[]): Ended {
    const { status, stdout, stderr, error } = spawnSync(command, args, {
      cwd: this.folder,
      encoding: 'utf8',
      env: { ...environment(), PATH: [this.nodeBin(node), this.path].join(':') },
    });
    return { status, output: `${error?.message ?? ''}${stdout}${stderr}` };
  }

  public delete(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  private nodeBin(major: number): string {
    return join(nodeFolder(readSetup(), major), 'node_modules', '.bin');
  }
}

/** The variables of the shell of a user, without those of Jest, npm and their configuration of the project. */
function environment(): NodeJS.ProcessEnv {
  const isOfTheRun = (name: string) =>
    /^(?:JEST_|CDK_|NODE_(?:ENV|OPTIONS|PATH)$|INIT_CWD$)/.test(name) || /^npm_(?!config_)/i.test(name);
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !isOfTheRun(name)));
}
