import ts from 'typescript';

/** The comment on the line before, which says why a test may look at real time, or that its time is simulated. */
const REASON = /^\s*\/\/ (?:real time: .|simulated time$)/;

const TIMERS = ['setTimeout', 'setInterval'];
const STOPWATCHES = ['performance.now', 'Atomics.wait'];

/** A place where a test depends on how fast the machine is, unless it gives a reason. */
export interface RealTime {
  readonly line: number;
  readonly text: string;
}

/**
 * Where the source of a test lets time pass (timers, and imports of them), or measures how long something took
 * (`performance.now`, or `Date.now()` less an earlier time).
 */
export function realTimeIn(source: string): RealTime[] {
  const file = ts.createSourceFile('test.ts', source, ts.ScriptTarget.Latest, true);
  const lines = source.split('\n');
  const timers = new Set<string>(TIMERS);
  const found = new Map<number, RealTime>();
  const add = (node: ts.Node) => {
    const { line } = file.getLineAndCharacterOfPosition(node.getStart());
    if (!REASON.test(lines[line - 1] ?? '')) found.set(line, { line: line + 1, text: (lines[line] ?? '').trim() });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) noteTimers(node, timers);
    if (ts.isCallExpression(node) && timers.has(node.expression.getText())) add(node);
    if (ts.isPropertyAccessExpression(node) && STOPWATCHES.includes(node.getText())) add(node);
    if (ts.isBinaryExpression(node) && isElapsedTime(node)) add(node);
    ts.forEachChild(node, visit);
  };
  visit(file);
  return [...found.values()];
}

/** Adds the local names of imported timers. */
function noteTimers(node: ts.ImportDeclaration, timers: Set<string>): void {
  const from = (node.moduleSpecifier as ts.StringLiteral).text;
  const bindings = node.importClause?.namedBindings;
  if (!/^(?:node:)?timers(?:\/promises)?$/.test(from) || bindings === undefined) return;
  if (ts.isNamespaceImport(bindings)) {
    for (const name of TIMERS) timers.add(`${bindings.name.text}.${name}`);
  } else {
    for (const { name, propertyName } of bindings.elements) {
      if (TIMERS.includes((propertyName ?? name).text)) timers.add(name.text);
    }
  }
}

/** `Date.now() - before`, where `before` is a variable: `Date.now() - 1_000` is a time in the past. */
function isElapsedTime({ left, operatorToken, right }: ts.BinaryExpression): boolean {
  if (operatorToken.kind !== ts.SyntaxKind.MinusToken) return false;
  return (
    left.getText() === 'Date.now()' && /^(?:began|begin|before|between|start|started|startedAt)$/i.test(right.getText())
  );
}
