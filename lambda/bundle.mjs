// Bundles every function into assets/<function>/, and writes the license notices and the SBOM of the bundled packages.
import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { checkLeftOut, leaveOut } from './left-out.mjs';
import { sbom } from './sbom.mjs';
import { isUpToDate, remember } from './up-to-date.mjs';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');

/** The assets by name: the source folder, and the entry points, each of which becomes a file of the asset. */
const ASSETS = {
  reset: ['lambda/reset', 'index.ts', 'idempotency.ts', 'signing.ts'],
  messages: ['lambda/messages', 'index.ts', 'next.ts', 'used-signatures.ts'],
  'sms-readiness': ['lambda/sms-readiness', 'index.ts'],
  attach: ['lambda/attach', 'index.ts'],
  'campaign-preflight': ['lambda/campaign/preflight', 'index.ts'],
  'campaign-listing': ['lambda/campaign/listing', 'index.ts'],
  'campaign-worker': ['lambda/campaign/worker', 'index.ts'],
  'campaign-summary': ['lambda/campaign/summary', 'index.ts'],
  // Not a function: the code from other packages that the constructs use at synth.
  synth: ['synth', 'index.ts'],
};

await removeCompiledLibrary();
if (!(await isUpToDate(root))) await bundleAll();
if (process.argv.includes('--sizes')) await printSizes();

async function bundleAll() {
  /** What the assets depend on, and what is written. */
  const files = new Set([
    'lambda/bundle.mjs',
    'lambda/left-out.mjs',
    'lambda/sbom.mjs',
    'package.json',
    'package-lock.json',
  ]);
  const bundles = [];
  for (const [name, [folder, ...entryPoints]] of Object.entries(ASSETS)) {
    const { metafile, outputFiles } = await build({
      absWorkingDir: root,
      entryPoints: entryPoints.map((file) => join(folder, file)),
      outdir: join('assets', name),
      bundle: true,
      minify: true,
      metafile: true,
      platform: 'node',
      // Lambda runs Node.js 24; the sandbox runs the same bundle on the Node.js version of the developer.
      target: 'node20',
      format: 'cjs',
      // Unused code can be removed from ES modules, but not from CommonJS modules.
      mainFields: ['module', 'main'],
      alias: { '@aws-sdk/credential-provider-node': join(root, 'lambda', 'shared', 'credentials.ts') },
      plugins: [leaveOut],
      // Loaded at run time, and only if the option of the function is on.
      external: ['./idempotency.js', './next.js', './signing.js', './used-signatures.js'],
      supported: { 'dynamic-import': false },
      legalComments: 'none',
      logLevel: 'warning',
      write: false,
    });
    await replaceFiles(join(root, 'assets', name), outputFiles);
    for (const file of [...Object.keys(metafile.inputs), ...Object.keys(metafile.outputs)]) files.add(file);
    for (const { path, contents } of outputFiles) {
      const output = relative(root, path);
      bundles.push({ path: output, contents, packages: packageFolders(Object.keys(metafile.outputs[output].inputs)) });
    }
  }
  checkLeftOut();
  const packages = [...new Set(bundles.flatMap((bundle) => bundle.packages))].sort();
  for (const [file, text] of [
    ['THIRD-PARTY-NOTICES.txt', await notices(packages)],
    ['sbom.cdx.json', await sbom(root, bundles)],
  ]) {
    await replaceFile(join(root, file), Buffer.from(text));
    files.add(file);
  }
  await remember(root, [...files]);
}

async function printSizes() {
  for (const name of Object.keys(ASSETS)) {
    for (const file of (await readdir(join(root, 'assets', name))).sort()) {
      const { size } = await stat(join(root, 'assets', name, file));
      console.log(`assets/${name}/${file}  ${size} bytes`);
    }
  }
}

/** Writes only files that have changed: tests or the sandbox may be reading the others. */
async function replaceFiles(folder, files) {
  await mkdir(folder, { recursive: true });
  const stale = (await readdir(folder)).filter((name) => !files.some(({ path }) => path === join(folder, name)));
  await Promise.all(stale.map((name) => rm(join(folder, name), { recursive: true, force: true })));
  for (const { path, contents } of files) await replaceFile(path, contents);
}

async function replaceFile(path, contents) {
  const present = await readFile(path).catch(() => undefined);
  if (!present?.equals(contents)) await writeFile(path, contents);
}

/**
 * Removes the output of an earlier build in lib/. Node.js would load it instead of the sources, although it is stale. A command
 * that synthesizes two apps bundles twice at once, so another process may have removed a file meanwhile.
 */
async function removeCompiledLibrary() {
  const files = await readdir(join(root, 'lib'), { recursive: true });
  const compiled = files.filter((file) => file.endsWith('.js') || file.endsWith('.d.ts'));
  await Promise.all(compiled.map((file) => rm(join(root, 'lib', file), { force: true })));
}

/** The folders of the packages that bundled files belong to. Files of this repository belong to none. */
function packageFolders(files) {
  const folders = files.flatMap((file) => {
    const parts = file.split('/');
    const at = parts.lastIndexOf('node_modules');
    return at < 0 ? [] : [parts.slice(0, at + (parts[at + 1].startsWith('@') ? 3 : 2)).join('/')];
  });
  return [...new Set(folders)];
}

async function notices(folders) {
  const texts = [];
  for (const folder of folders) {
    const { name, version, license } = JSON.parse(await readFile(join(root, folder, 'package.json'), 'utf8'));
    const files = (await readdir(join(root, folder))).filter((file) => /^(licen[cs]e|notice)/i.test(file)).sort();
    const contents = await Promise.all(files.map((file) => readFile(join(root, folder, file), 'utf8')));
    texts.push([`${name} ${version} (${license})`, ...contents.map((text) => text.trim())].join('\n\n'));
  }
  const intro = 'The bundled functions in assets/ contain the following packages.';
  return `${[intro, ...texts].join(`\n\n${'-'.repeat(80)}\n\n`)}\n`;
}
