import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import ts from 'typescript';
import { snippets } from './support/pages';

const ROOT = resolve(__dirname, '..');

// One program for all, because reading the types of the packages takes most of the time.
test('the project and the TypeScript snippets of README and docs have no type errors', () => {
  // Inside the project, so that the compiler finds its packages.
  const folder = mkdtempSync(join(ROOT, 'node_modules', '.snippets-'));
  try {
    const files = snippets('ts').map((code, index) => {
      const file = join(folder, `${index + 1}.ts`);
      writeFileSync(file, code);
      return file;
    });

    expect(typeErrors(files)).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

/**
 * Where the compiler finds packages. Two have at their root the types of all services of AWS: two million lines, more than
 * half of all that it would read.
 */
const PATHS = {
  'cdk-cognito-password-reset': [join(ROOT, 'lib', 'index.ts')],
  'aws-cdk-lib': [join(ROOT, 'node_modules', 'aws-cdk-lib', 'core')],
  'aws-sdk': [join(ROOT, 'node_modules', 'aws-sdk', 'clients', 'lambda')],
};

/** The type errors of the project, as `npm run check` finds them, and of more files that use it as a package. */
function typeErrors(more: readonly string[]): string[] {
  const { config } = ts.readConfigFile(join(ROOT, 'tsconfig.json'), ts.sys.readFile);
  const { fileNames, options } = ts.parseJsonConfigFileContent(config, ts.sys, ROOT);
  const program = ts.createProgram([...fileNames, ...more], { ...options, paths: PATHS });
  return ts.getPreEmitDiagnostics(program).map(({ file, start, messageText }) => {
    const { line } = file?.getLineAndCharacterOfPosition(start ?? 0) ?? { line: 0 };
    const place = `${relative(ROOT, file?.fileName ?? '')}:${line + 1}`;
    return `${place}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`;
  });
}
