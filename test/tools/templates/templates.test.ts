import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../../support/commands';
import { describeInSoak } from '../../support/soak';

describeInSoak('npm run templates', () => {
  test('writes every template, and prints nothing but their number', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'templates-test-'));
    const { stdout, stderr, status } = await run('templates', folder);
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
    const templates = files.filter((file) => file.endsWith('.template.json'));
    rmSync(folder, { recursive: true, force: true });

    expect(stderr).toBe('');
    expect(stdout).toBe(`${templates.length} templates in ${folder}\n`);
    expect(templates.length).toBeGreaterThan(40);
    expect(status).toBe(0);
  });
});
