import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import type { Finding } from './findings';

const REQUIREMENTS = join(__dirname, 'requirements.txt');

/**
 * cfn-lint, with its versions of requirements.txt, in a virtual environment.
 *
 * @see https://github.com/aws-cloudformation/cfn-lint
 */
export class CfnLint {
  /**
   * Installs it.
   *
   * @throws if Python or the Python package index is not available
   */
  constructor(private readonly folder: string) {
    const created = spawnSync('python3', ['-m', 'venv', folder], { encoding: 'utf8' });
    if (created.status !== 0) {
      throw new Error(
        `cfn-lint: got no virtual environment from python3 -m venv, expected one: install Python 3.11 or later with its module venv (${reasonOf(created)})`,
      );
    }
    const install = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--requirement', REQUIREMENTS];
    const installed = spawnSync(this.executable('python3'), install, { encoding: 'utf8' });
    if (installed.status !== 0) {
      throw new Error(
        `cfn-lint: got no packages from the Python package index, expected those of tools/lint/requirements.txt: the templates were not checked; connect to the index, or configure pip to use one that you can reach (${reasonOf(installed)})`,
      );
    }
  }

  /** The findings of all levels from warnings on. @throws if it does not end properly */
  check(templates: readonly string[], regions: readonly string[]): Finding[] {
    const args = ['--format', 'json', '--regions', ...regions, '--', ...templates];
    // Outside of the clone, where no configuration of cfn-lint is read.
    const ended = spawnSync(this.executable('cfn-lint'), args, {
      cwd: this.folder,
      encoding: 'utf8',
      maxBuffer: 2 ** 28,
    });
    // The status is a sum: 2 for errors, 4 for warnings, 8 for information.
    if (ended.status === null || ended.status % 2 !== 0) {
      throw new Error(`cfn-lint: got status ${ended.status}, expected findings (${reasonOf(ended)})`);
    }
    const findings: { Rule: { Id: string }; Level: string; Message: string; Filename: string }[] = JSON.parse(
      ended.stdout,
    );
    return findings.map(({ Rule, Level, Message, Filename }) => ({
      rule: Rule.Id,
      level: Level,
      message: Message,
      template: Filename,
    }));
  }

  private executable(name: string): string {
    return join(this.folder, 'bin', name);
  }
}

function reasonOf({ error, stderr }: { readonly error?: Error; readonly stderr?: string }): string {
  return error?.message ?? stderr?.trim().split('\n').at(-1) ?? '';
}
