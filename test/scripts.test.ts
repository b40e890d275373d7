import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const ROOT = resolve(__dirname, '..');
const SCRIPTS: Record<string, string> = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')).scripts;
/** The names of the scripts that start a command of tools/, and its folder. */
const COMMANDS = Object.entries(SCRIPTS).flatMap(([name, script]) => {
  const folder = /tools\/(\w+)\/command\.ts/.exec(script)?.[1];
  return folder === undefined ? [] : [[name, folder]];
});

/** Loaded before a command: at its end, tells on standard error what it loaded. */
const TELL_LOADED = `data:text/javascript,${encodeURIComponent(`
  import { Module } from 'node:module';
  process.on('exit', () => console.error(JSON.stringify(Object.keys(Module._cache))));
`)}`;

function runWithHelp(folder = ''): { stdout: string; packages: string[]; status: number | null } {
  const args = ['--import', 'tsx', '--import', TELL_LOADED, `tools/${folder}/command.ts`, '--help'];
  const { stdout, stderr, status } = spawnSync(process.execPath, args, { cwd: ROOT, encoding: 'utf8' });
  const loaded: string[] = JSON.parse(stderr.trim().split('\n').at(-1) ?? '');
  expect(loaded.some((file) => file.endsWith('command.ts'))).toBe(true);
  // tsx loads esbuild.
  const ofTsx = /node_modules\/(?:tsx|esbuild)\//;
  const packages = loaded.filter(
    (file) => !ofTsx.test(file) && /\/(?:node_modules|lib|sandbox)\/(?!contract)/.test(file),
  );
  return { stdout, packages, status };
}

test('the package has the commands of the README', () => {
  const documented = [
    'campaign',
    'notes',
    'plan',
    'preview',
    'readiness',
    'sandbox',
    'start',
    'templates',
    'test:templates',
    'verify',
  ];
  expect(COMMANDS.map(([name]) => name).sort()).toEqual(documented);
});

test.each(COMMANDS)('npm run %s does nothing before its arguments are read', (name = '', folder) => {
  expect(SCRIPTS[name]).toBe(`tsx tools/${folder}/command.ts`);
});

test.each(COMMANDS)(
  'npm run %s -- --help prints the usage before it loads a package or a construct',
  (name, folder) => {
    const { stdout, packages, status } = runWithHelp(folder);

    expect(stdout).toMatch(new RegExp(`^Usage: npm (?:run )?${name} -- `));
    expect(stdout).toContain('  --help ');
    expect(packages).toEqual([]);
    expect(status).toBe(0);
  },
);

test('npm run bundle prints the size of every asset', () => {
  const [node, ...args] = (SCRIPTS.bundle ?? '').split(' ');
  const printed = execFileSync(node === 'node' ? process.execPath : '', args, { cwd: ROOT, encoding: 'utf8' });
  const files = readdirSync(join(ROOT, 'assets'), { recursive: true, withFileTypes: true }).filter((file) =>
    file.isFile(),
  );

  expect(files.length).toBeGreaterThan(10);
  expect(
    printed
      .replace(/ {2}\d+ bytes$/gm, '')
      .trim()
      .split('\n')
      .sort(),
  ).toEqual(files.map(({ parentPath, name }) => join(parentPath, name).slice(ROOT.length + 1)).sort());
});

test('what bundles for another command prints nothing', () => {
  const { build } = JSON.parse(readFileSync(join(ROOT, 'cdk.json'), 'utf8'));
  const others = [build, ...Object.values(SCRIPTS)].filter((script) => script !== SCRIPTS.bundle);
  const bundling = others.flatMap((script) => script.split(' && ')).filter((command) => /bundle/.test(command));

  expect(bundling.length).toBeGreaterThan(3);
  expect([...new Set(bundling)].filter((command) => command !== 'npm run -s build')).toEqual([
    'node lambda/bundle.mjs',
  ]);
  const { stdout, stderr } = spawnSync(process.execPath, ['lambda/bundle.mjs'], { cwd: ROOT, encoding: 'utf8' });
  expect(stdout + stderr).toBe('');
});
