import { type Release, releaseNotes } from '../../../tools/notes/release-notes';
import { page } from '../../support/pages';

const CHANGELOG = `# Changelog

## 1.1.0

- A new option, with [its page](docs/reset.md#options) and [another](https://example.com/docs).

### Fixed

- A fault.

## 1.0.0

- The first version.
`;

const RELEASE: Release = {
  tag: 'v1.1.0',
  version: '1.1.0',
  repository: 'git+https://example.com/repository.git',
  changelog: CHANGELOG,
};

test('the notes of a release are the section of its version, with links to its pages', () => {
  expect(
    releaseNotes(RELEASE),
  ).toBe(`- A new option, with [its page](https://example.com/repository/blob/v1.1.0/docs/reset.md#options) and [another](https://example.com/docs).

### Fixed

- A fault.`);
});

test('the last section of the changelog ends with the file', () => {
  expect(releaseNotes({ ...RELEASE, tag: 'v1.0.0', version: '1.0.0' })).toBe('- The first version.');
});

test('an empty section for what is not released yet is allowed', () => {
  const changelog = CHANGELOG.replace('## 1.1.0', '## Unreleased\n\n## 1.1.0');

  expect(releaseNotes({ ...RELEASE, changelog })).toBe(releaseNotes(RELEASE));
});

test.each<[string, Partial<Release>, string]>([
  [
    'a tag of another version',
    { tag: 'v1.2.0' },
    'tag: got v1.2.0, expected v1.1.0: set the version of package.json before the tag',
  ],
  [
    'a tag without v',
    { tag: '1.1.0' },
    'tag: got 1.1.0, expected v1.1.0: set the version of package.json before the tag',
  ],
  [
    'a changelog without the version',
    { tag: 'v1.1', version: '1.1' },
    'CHANGELOG.md: got nothing below "## 1.1", expected what is new: write it there',
  ],
  [
    'a changelog with nothing about the version',
    { changelog: CHANGELOG.replace('## 1.1.0', '## 1.1.0\n\n## 1.0.1') },
    'CHANGELOG.md: got nothing below "## 1.1.0", expected what is new: write it there',
  ],
  [
    'a changelog with changes that no version has',
    { changelog: CHANGELOG.replace('## 1.1.0', '## Unreleased\n\n- Another option.\n\n## 1.1.0') },
    'CHANGELOG.md: got changes below "## Unreleased", expected none in a release: move them below "## 1.1.0"',
  ],
])('%s is refused', (_, change, message) => {
  expect(() => releaseNotes({ ...RELEASE, ...change })).toThrow(new Error(message));
});

test('the changelog of the project has a section for the version of its package', () => {
  const { version } = JSON.parse(page('package.json'));

  expect(page('CHANGELOG.md')).toMatch(new RegExp(`^## ${version.replaceAll('.', '\\.')}\n\n.`, 'm'));
});
