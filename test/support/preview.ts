import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import puppeteer, { type Browser } from 'puppeteer-core';
import type { CompiledCatalog } from '../../lib/messages/catalog/compile';
import { renderPreviewPage } from '../../tools/preview/page';

/** The files of a catalog, by their paths. */
export type Files = Readonly<Record<string, string>>;

const folders: string[] = [];

export function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'message-preview-'));
  folders.push(folder);
  return folder;
}

export function removeFolders(): void {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
}

/** Returns the new folder that they are in. */
export function writeFiles(files: Files): string {
  const folder = newFolder();
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

/** Returns the address of the page, which is a file. */
export function writePreview(compiled: CompiledCatalog): string {
  const file = join(newFolder(), 'page.html');
  writeFileSync(file, renderPreviewPage(compiled));
  return pathToFileURL(file).href;
}

const chromium = findOnPath(['chromium', 'chromium-browser', 'google-chrome']);

/** Describes tests that need Chromium. Without Chromium, they are left out, and the output says so. */
export function describeInChromium(title: string, tests: (launch: () => Promise<Browser>) => void): void {
  if (chromium === undefined) {
    console.warn(`${title} was not tested: install Chromium, so that \`chromium\` is on the PATH.`);
    return;
  }
  const args = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  describe(title, () => tests(() => puppeteer.launch({ executablePath: chromium, args })));
}

function findOnPath(names: readonly string[]): string | undefined {
  const candidates = (process.env.PATH ?? '')
    .split(delimiter)
    .flatMap((folder) => names.map((name) => join(folder, name)));
  return candidates.find((file) => existsSync(file));
}
