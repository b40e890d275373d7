import { readdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { runOrFail } from './run';

export const ROOT = resolve(__dirname, '..', '..', '..');
const PACMAK = require.resolve('jsii-pacmak/package.json');

export const LIBRARY: {
  readonly name: string;
  readonly version: string;
  readonly jsii: {
    readonly targets: {
      readonly java: { readonly maven: { readonly groupId: string; readonly artifactId: string } };
      readonly go: { readonly moduleName: string };
    };
  };
} = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));

/**
 * The newest version of aws-cdk-lib that the registries of all languages have, and what it needs there, because ranges
 * resolve to different versions.
 */
export const VERSIONS = {
  cdk: '2.263.0',
  constructs: '10.6.0',
  // jsii-pacmak writes the version that is installed beside the library into the Go module.
  schema: '54.11.0',
  // jsii-pacmak makes packages that need the runtime of its own version.
  jsii: JSON.parse(readFileSync(PACMAK, 'utf8')).version as string,
};

/** The local repository of Maven, so that jsii-pacmak does not download everything into one of its own. */
export const MAVEN_REPOSITORY = join(homedir(), '.m2', 'repository');

const OPTIONS = {
  python: [],
  java: ['--maven-local-repository', MAVEN_REPOSITORY],
  // Without compiling: for Go, the app does. For C#, there is no compiler.
  go: ['--code-only'],
  dotnet: ['--code-only'],
};

/** Makes the package of a language from an installed library, in a folder of `dist` that has the name of the language. */
export function makePackage(language: keyof typeof OPTIONS, library: string, dist: string): string {
  const pacmak = join(dirname(PACMAK), 'bin', 'jsii-pacmak');
  const options = ['--targets', language, ...OPTIONS[language], '--outdir', dist, '--npmignore', 'false'];
  runOrFail(process.execPath, [pacmak, ...options, library], library);
  return join(dist, language);
}

/** The types of an installed library, as jsii knows them. */
export function typesOf(
  library: string,
): { readonly name: string; readonly kind: 'class' | 'interface' | 'enum'; readonly datatype?: boolean }[] {
  return Object.values(JSON.parse(readFileSync(join(library, '.jsii'), 'utf8')).types);
}

/** The sources in C# by the name of the type that each declares. */
export function dotnetSources(library: string, dist: string): Map<string, string> {
  const sources = readdirSync(makePackage('dotnet', library, dist), { recursive: true, withFileTypes: true });
  return new Map(
    sources
      .filter((file) => file.isFile() && file.name.endsWith('.cs'))
      .map(({ parentPath, name }) => [name.replace(/\.cs$/, ''), readFileSync(join(parentPath, name), 'utf8')]),
  );
}
