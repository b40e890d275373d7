import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const ROOT = resolve(__dirname, '..', '..');

export const page = (file: string) => readFileSync(join(ROOT, file), 'utf8');

/** Every page of the documentation, from the root of the project. */
export const PAGES = [
  'README.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  'examples/README.md',
  ...readdirSync(join(ROOT, 'docs')).map((file) => `docs/${file}`),
];

/** The code blocks of a language on all pages. */
export const snippets = (language: string) =>
  [
    ...PAGES.map(page)
      .join('\n')
      .matchAll(/^```(\w+)[^\n]*\n([\s\S]*?)^```$/gm),
  ].flatMap(([, name, code]) => (name === language ? [code ?? ''] : []));
