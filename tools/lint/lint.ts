import { join, relative } from 'node:path';
import { temporaryFolder } from '../shared/temporary-folder';
import { synthesizeAll } from '../templates/synthesize-all';
import { CfnLint } from './cfn-lint';
import { EXPLAINED } from './explained';
import { judge } from './findings';

/** The Regions for which each template is checked, of three partitions. */
const REGIONS = ['us-east-1', 'eu-central-1', 'cn-north-1', 'us-gov-west-1'];

export function lint(): boolean {
  const folder = temporaryFolder('cfn-lint');
  console.log('Installing cfn-lint.');
  const cfnLint = new CfnLint(join(folder, 'venv'));

  const templates = synthesizeAll(folder).map(({ artifact }) => artifact.templateFullPath);
  console.log(`Checking ${templates.length} templates for ${REGIONS.join(', ')}.`);
  const findings = cfnLint.check(templates, REGIONS);

  const { unexplained, unused, counts } = judge(findings, EXPLAINED);
  console.log('\nExplained findings:\n');
  for (const [{ rule, reason }, count] of counts) console.log(`  ${rule}, ${count} times: ${reason}`);
  for (const { rule, level, message, template } of unexplained) {
    console.log(`\n${level} ${rule} in ${relative(folder, template)}: ${message}`);
  }
  for (const { rule, message } of unused) {
    console.log(
      `\n${rule}: got no finding that ${message} explains, expected one: delete it in tools/lint/explained.ts`,
    );
  }
  const passed = unexplained.length === 0 && unused.length === 0;
  console.log(passed ? '\nNo other finding.' : `\n${unexplained.length} findings are not explained.`);
  return passed;
}
