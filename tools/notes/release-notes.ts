import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const ROOT = resolve(__dirname, '..', '..');

export interface Release {
  readonly tag: string;
  /** The version of package.json. */
  readonly version: string;
  /** The address of the repository, as package.json has it. */
  readonly repository: string;
  readonly changelog: string;
}

/** Prints the notes. Throws an error when the tag or the changelog is not that of the version. */
export function printReleaseNotes({ tag }: { readonly tag: string }): boolean {
  const read = (file: string) => readFileSync(join(ROOT, file), 'utf8');
  const { version, repository } = JSON.parse(read('package.json'));
  console.log(releaseNotes({ tag, version, repository: repository.url, changelog: read('CHANGELOG.md') }));
  return true;
}

/** Throws an error when the tag or the changelog is not that of the version. */
export function releaseNotes({ tag, version, repository, changelog }: Release): string {
  if (tag !== `v${version}`) {
    throw new Error(`tag: got ${tag}, expected v${version}: set the version of package.json before the tag`);
  }
  const sections = changelog.split(/^## /m).slice(1);
  const sectionOf = (heading: string) => {
    const section = sections.find((each) => each.split('\n')[0]?.trim() === heading);
    return section?.slice(section.indexOf('\n')).trim() ?? '';
  };
  if (sectionOf('Unreleased') !== '') {
    throw new Error(
      `CHANGELOG.md: got changes below "## Unreleased", expected none in a release: move them below "## ${version}"`,
    );
  }
  const notes = sectionOf(version);
  if (notes === '') {
    throw new Error(`CHANGELOG.md: got nothing below "## ${version}", expected what is new: write it there`);
  }
  return withLinksTo(`${repository.replace(/^git\+|\.git$/g, '')}/blob/${tag}`, notes);
}

/** The page of a release lies elsewhere than the changelog, so relative links would lead nowhere. */
function withLinksTo(folder: string, text: string): string {
  return text.replace(/\]\((?!https?:|#)([^)]+)\)/g, (_, path) => `](${folder}/${path})`);
}
