import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { test } from 'node:test';

const SCRIPT = join(import.meta.dirname, 'metadata.mjs');
const manifest = JSON.parse(readFileSync(resolve(import.meta.dirname, '..', 'package.json'), 'utf8'));

/** What the check says of a package.json. */
function check(packageJson) {
  const folder = mkdtempSync(join(tmpdir(), 'metadata-'));
  try {
    writeFileSync(join(folder, 'package.json'), JSON.stringify(packageJson));
    const { status, stderr } = spawnSync(process.execPath, [SCRIPT], { cwd: folder, encoding: 'utf8' });
    return { status, stderr };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test('a package with placeholders is not published, and each is named with its place', () => {
  const repository = { url: 'https://example.com/library.git' };
  const jsii = { targets: { java: { package: 'org.library', maven: { groupId: 'com.example' } } } };

  assert.deepEqual(check({ name: 'library', repository, jsii }), {
    status: 1,
    stderr:
      'package.json: got placeholders, expected names that you own: fill these before the first publication, and run npm run api\n' +
      '  repository.url: https://example.com/library.git\n' +
      '  jsii.targets.java.maven.groupId: com.example\n',
  });
});

test('a package without placeholders is published', () => {
  assert.deepEqual(check({ name: 'library', repository: { url: 'https://library.test/library.git' } }), {
    status: 0,
    stderr: '',
  });
});

test('the check runs before npm publishes', () => {
  assert.equal(manifest.scripts.prepublishOnly, 'node api/metadata.mjs');
});

// .npmrc has ignore-scripts, and npm runs no script for an archive.
test('while package.json has placeholders, npm publishes to a registry that nobody can use, also without the check', () => {
  const { publishConfig, ...others } = manifest;
  const unfilled = check(others).status !== 0;

  assert.ok(!unfilled || publishConfig.registry === 'https://example.com/');
});
