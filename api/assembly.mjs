import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

export const ROOT = resolve(import.meta.dirname, '..');
const NODE_MODULES = join(ROOT, 'node_modules');

/** The `.jsii` and the `package.json` of the last release. */
export const RELEASED = join(import.meta.dirname, 'released');

/** The breaking changes since the last release that are meant: keys of jsii-diff, each with its reason above, after `#`. */
export const ALLOWED_CHANGES = join(import.meta.dirname, 'allowed-changes.txt');

/** The reference of the public surface. */
export const API_PAGE = 'API.md';

/** Where the README's first snippet is shown in other languages. */
export const LANGUAGES_PAGE = 'docs/languages.md';

/** What the package has besides `lib`, as far as jsii needs it. */
const FILES = ['package.json', 'tsconfig.jsii.json', 'README.md', 'LICENSE', 'NOTICE'];

/** The library, compiled in a folder of its own, so that no compiled files appear next to the sources. */
export class Assembly {
  /** @param {{ file: string, from: string, to: string }[]} changes to make in the sources before they are compiled */
  constructor(...changes) {
    this.folder = mkdtempSync(join(tmpdir(), 'api-'));
    const isSource = (path) => !/\.(?:js|d\.ts)$/.test(path);
    cpSync(join(ROOT, 'lib'), join(this.folder, 'lib'), { recursive: true, filter: isSource });
    for (const name of FILES) cpSync(join(ROOT, name), join(this.folder, name));
    symlinkSync(NODE_MODULES, join(this.folder, 'node_modules'));
    cpSync(join(import.meta.dirname, 'rosetta'), join(this.folder, 'rosetta'), { recursive: true });
    for (const { file, from, to } of changes) {
      if (!this.read(file).includes(from)) throw new Error(`${file}: got no ${from}, expected it, to change it`);
      writeFileSync(join(this.folder, file), this.read(file).replace(from, to));
    }
    this.#run(join(NODE_MODULES, '.bin', 'jsii'));
  }

  delete() {
    rmSync(this.folder, { recursive: true });
  }

  read(file) {
    return readFileSync(join(this.folder, file), 'utf8');
  }

  /**
   * The keys of what breaks a program that was written for the last release. Unlike jsii-diff by itself, of an
   * experimental library too.
   */
  breakingChanges(allowed = ALLOWED_CHANGES) {
    const args = ['--error-on', 'all', '--keys', '--ignore-file', allowed, RELEASED, this.folder];
    const { status, stdout, stderr } = this.#try(tool('jsii-diff'), args);
    const keys = [...stderr.matchAll(/^err .* \[(.*)\]$/gm)].map(([, key]) => key);
    if (status !== 0 && keys.length === 0) throw new Error(`jsii-diff: ${stdout}${stderr}`);
    return keys;
  }

  /** Compiles and translates the examples of the documentation and the README. Throws an error if one does not compile. */
  translateExamples() {
    this.#run(tool('jsii-rosetta'), ['extract', '--compile', '--fail', '.']);
  }

  /** The reference of the public surface, as jsii-docgen writes it. */
  apiPage() {
    this.#run(tool('jsii-docgen'), ['--output', API_PAGE]);
    return this.read(API_PAGE);
  }

  /** The page, with the first snippet of the README in each language whose code it has. */
  languagesPage() {
    const snippets = Object.values(JSON.parse(this.read('.jsii.tabl.json')).snippets);
    const { translations } = snippets.find(({ location }) => location.api.api === 'moduleReadme');
    return readFileSync(join(ROOT, LANGUAGES_PAGE), 'utf8').replace(
      /^```(python|java|csharp|go)\n[\s\S]*?^```$/gm,
      (_, language) => `\`\`\`${language}\n${translations[language].source}\n\`\`\``,
    );
  }

  #run(command, args = []) {
    const { status, stdout, stderr } = this.#try(command, args);
    if (status !== 0) throw new Error(`${command}: ${stdout}${stderr}`);
  }

  #try(command, args) {
    const ended = spawnSync(command, args, { cwd: this.folder, encoding: 'utf8' });
    if (ended.error) throw ended.error;
    return ended;
  }
}

const tool = (name) => join(import.meta.dirname, 'node_modules', '.bin', name);
