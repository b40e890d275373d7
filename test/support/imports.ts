import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join, relative, sep } from 'node:path';
import ts from 'typescript';

/** An import of one source file, as it is written there. */
export interface Import {
  /** The file that imports, from the root of the project, with `/`. */
  readonly from: string;
  /** A file of the project, or the name of a package. */
  readonly to: string;
  readonly isPackage: boolean;
  readonly line: number;
}

const SOURCE = /(?<!\.d)\.(?:[cm]?tsx?|[cm]?jsx?)$/;

/** The source files of the project, from its root, with `/`: all that git knows or would add. */
export function sourceFiles(root: string): string[] {
  const known = ['ls-files', '--cached', '--others', '--exclude-standard'];
  const files = execFileSync('git', known, { cwd: root, encoding: 'utf8' }).split('\n');
  return files.filter((file) => SOURCE.test(file) && existsSync(join(root, file)));
}

/** Every import of these files: static, dynamic and by `require`, types as well. */
export function importsOf(root: string, files: readonly string[]): Import[] {
  return files.flatMap((from) => importsIn(readFileSync(join(root, from), 'utf8'), from, root));
}

/** The imports of one text. Those of Node.js itself are left out. */
export function importsIn(source: string, from: string, root: string): Import[] {
  const file = ts.createSourceFile(from, source, ts.ScriptTarget.Latest, true);
  const imports: Import[] = [];
  const add = (specifier: ts.Node | undefined) => {
    if (specifier === undefined || !ts.isStringLiteralLike(specifier)) return;
    const to = targetOf(specifier.text, from, root);
    const { line } = file.getLineAndCharacterOfPosition(specifier.getStart());
    if (to !== undefined) imports.push({ from, to, isPackage: !specifier.text.startsWith('.'), line: line + 1 });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) add(node.moduleSpecifier);
    if (ts.isImportEqualsDeclaration(node) && ts.isExternalModuleReference(node.moduleReference)) {
      add(node.moduleReference.expression);
    }
    if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) add(node.argument.literal);
    if (ts.isCallExpression(node) && isLoading(node.expression)) add(node.arguments[0]);
    ts.forEachChild(node, visit);
  };
  visit(file);
  return imports;
}

function isLoading(callee: ts.Expression): boolean {
  return (
    callee.kind === ts.SyntaxKind.ImportKeyword ||
    /^(?:module\.)?require(?:\.resolve)?$|^jest\.(?:requireActual|requireMock|mock|doMock)$/.test(callee.getText())
  );
}

/** Undefined for a module of Node.js. */
function targetOf(specifier: string, from: string, root: string): string | undefined {
  if (!specifier.startsWith('.')) {
    const [scope = '', name = ''] = specifier.split('/');
    if (specifier.startsWith('node:') || builtinModules.includes(scope)) return undefined;
    return scope.startsWith('@') ? `${scope}/${name}` : scope;
  }
  const path = join(root, dirname(from), specifier);
  const candidates = [path, `${path}.ts`, join(path, 'index.ts'), path.replace(/\.js$/, '.ts')];
  const found = candidates.find((candidate) => SOURCE.test(candidate) && existsSync(candidate)) ?? path;
  return relative(root, found).split(sep).join('/');
}

/** The files of every circle: each imports the next, and the last the first. */
export function circlesOf(imports: readonly Pick<Import, 'from' | 'to'>[]): string[][] {
  const next = new Map<string, Pick<Import, 'from' | 'to'>[]>();
  for (const each of imports) next.set(each.from, [...(next.get(each.from) ?? []), each]);
  const circles: string[][] = [];
  const done = new Set<string>();
  const visit = (file: string, path: readonly string[]): void => {
    const at = path.indexOf(file);
    if (at >= 0) circles.push(path.slice(at));
    if (at >= 0 || done.has(file)) return;
    for (const { to } of next.get(file) ?? []) visit(to, [...path, file]);
    done.add(file);
  };
  for (const file of next.keys()) visit(file, []);
  return circles;
}
