import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { PROPERTIES } from './support/aws-calls/cloudformation';
import { type Demand, OPERATIONS } from './support/aws-calls/register';
import { checkRegistered, checkSent, linesOf, REGISTERED, recordFileName } from './support/aws-calls/sent-calls';
import { sourceFiles } from './support/imports';

const ROOT = resolve(__dirname, '..');

const read = (file: string) => readFileSync(join(ROOT, file), 'utf8');

const reset = (parameters: Record<string, unknown>) =>
  linesOf({ service: 'cognito-idp', operation: 'AdminResetUserPassword', parameters });
const batchGet = (parameters: Record<string, unknown>) =>
  linesOf({ service: 'dynamodb', operation: 'BatchGetItem', parameters });

describe('the register of calls', () => {
  const demands = OPERATIONS.flatMap(({ operation, demands: ofCall, parameters }) => [
    ...ofCall.map((demand) => ({ what: operation, ...demand })),
    ...Object.entries(parameters).flatMap(([path, ofPath]) =>
      ofPath.map((demand) => ({ what: `${operation} ${path}`, ...demand })),
    ),
  ]);

  test('has each operation once, and at least one demand for each operation and parameter', () => {
    const names = OPERATIONS.map(({ service, operation }) => `${service}:${operation}`);
    expect(names).toEqual([...new Set(names)]);

    const parts = OPERATIONS.flatMap(({ demands: ofCall, parameters }) => [ofCall, ...Object.values(parameters)]);
    expect(parts.filter(({ length }) => length === 0)).toEqual([]);
  });

  test('has the address of the page in the documentation of AWS for each operation', () => {
    const elsewhere = OPERATIONS.filter(
      ({ page, operation }) =>
        !page.startsWith('https://docs.aws.amazon.com/') || !page.endsWith(`API_${operation}.html`),
    );
    expect(elsewhere).toEqual([]);
  });

  test('names tests that exist', () => {
    const isMissing = (demand: Demand) => 'test' in demand && !titlesOf(demand.test[0]).includes(demand.test[1]);
    expect(demands.filter(isMissing)).toEqual([]);
  });

  test('names the files that make each call, and only those', () => {
    const made = new Set(
      sourceFiles(ROOT)
        .filter((file) => /^(?:lambda|tools)\/.*\.ts$/.test(file))
        .flatMap((file) => commandsIn(file).map((operation) => `${operation} in ${file}`)),
    );
    const registered = OPERATIONS.flatMap(({ operation, sentBy }) => sentBy.map((file) => `${operation} in ${file}`));

    expect(registered.sort()).toEqual([...made].sort());
  });
});

describe('the list of CloudFormation properties', () => {
  test('names tests that exist', () => {
    const missing = PROPERTIES.filter(
      ({ checked }) => !('not' in checked) && !titlesOf(checked[0]).includes(checked[1]),
    );
    expect(missing).toEqual([]);
  });

  test('has every resource that a construct of the library describes with a class of its own', () => {
    const made = sourceFiles(ROOT)
      .filter((file) => /^lib\/sms\/.*\.ts$/.test(file))
      .flatMap((file) => [...read(file).matchAll(/new Cfn(\w+)\(/g)].map(([, name]) => `AWS::SMSVOICE::${name}`));
    expect(made).not.toEqual([]);
    expect(PROPERTIES.map(({ type }) => type)).toEqual(expect.arrayContaining(made));
  });
});

describe('a call', () => {
  test('that is in the register has a line for the operation and for each parameter', () => {
    const lines = reset({ UserPoolId: 'a', Username: 'b', ClientMetadata: { some: 'c', other: 'd' } });

    expect([...new Set(lines)]).toEqual([
      'cognito-idp AdminResetUserPassword',
      'cognito-idp AdminResetUserPassword UserPoolId',
      'cognito-idp AdminResetUserPassword Username',
      'cognito-idp AdminResetUserPassword ClientMetadata.*',
    ]);
    expect(lines.every((line) => REGISTERED.has(line))).toBe(true);
  });

  test('has lines for what is below a map and a list', () => {
    const lines = batchGet({ RequestItems: { table: { Keys: [{ id: { S: '1' } }, { id: { S: '2' } }] } } });

    expect([...new Set(lines)]).toEqual(['dynamodb BatchGetItem', 'dynamodb BatchGetItem RequestItems.*.Keys.*.*']);
  });

  test.each<[string, string[], string]>([
    ['a parameter', reset({ Planted: 1 }), 'cognito-idp AdminResetUserPassword Planted'],
    ['a member of a text', reset({ Username: { Planted: 1 } }), 'cognito-idp AdminResetUserPassword Username.Planted'],
    [
      'a parameter below a map',
      batchGet({ RequestItems: { table: { Planted: 'a' } } }),
      'dynamodb BatchGetItem RequestItems.*.Planted',
    ],
    ['an operation', linesOf({ service: 'kms', operation: 'Encrypt', parameters: {} }), 'kms Encrypt'],
    ['a service', linesOf({ service: 'sqs', operation: 'Send', parameters: { A: 1 } }), 'sqs Send'],
  ])('with a planted name fails its suite, and the name is in the error: %s', (_, lines, planted) => {
    const folder = mkdtempSync(join(tmpdir(), 'calls-'));
    const file = join(folder, recordFileName('suite'));
    writeFileSync(file, lines.join('\n'));

    expect(() => checkRegistered(file)).toThrow(planted);
    expect(() => checkRegistered(file)).toThrow('expected every one in it');
    rmSync(folder, { recursive: true });
  });
});

test('a suite that sends only what is in the register, or nothing, does not fail', () => {
  const folder = mkdtempSync(join(tmpdir(), 'calls-'));
  const file = join(folder, recordFileName('suite'));
  checkRegistered(file);
  writeFileSync(file, [...REGISTERED].join('\n'));
  checkRegistered(file);
  rmSync(folder, { recursive: true });
});

test('a run in which nothing sends a line of the register fails, and the line is in the error', () => {
  const folder = mkdtempSync(join(tmpdir(), 'calls-'));
  const [one, ...others] = REGISTERED;
  writeFileSync(join(folder, recordFileName('one')), others.slice(0, 9).join('\n'));
  writeFileSync(join(folder, recordFileName('another')), others.slice(5).join('\n'));

  expect(() => checkSent(folder)).toThrow(
    `${one}: in test/support/aws-calls/register.ts, but no function and no command`,
  );
  writeFileSync(join(folder, recordFileName('third')), `${one}\n`);
  checkSent(folder);
  rmSync(folder, { recursive: true });
});

function titlesOf(file: string): string {
  return existsSync(join(ROOT, file)) ? read(file) : '';
}

/** The operations whose commands a file makes. Powertools makes those of the idempotency records. */
function commandsIn(file: string): string[] {
  const source = read(file);
  const made = [...source.matchAll(/new (\w+)Command\(/g)].map(([, name = '']) => nameOf(name, source));
  return [
    ...new Set([
      ...made,
      // Raw calls, which have no command.
      ...[...source.matchAll(/#call\('([A-Z]\w+)'/g)].map(([, name = '']) => name),
      ...(source.includes('DynamoDBPersistenceLayer') ? ['DeleteItem', 'PutItem', 'UpdateItem'] : []),
    ]),
  ];
}

/** The document client of DynamoDB has names without `Item`. */
function nameOf(command: string, source: string): string {
  const ofDocuments = source.includes('@aws-sdk/lib-dynamodb') && /^(?:Batch)?(?:Get|Put|Update|Delete)$/.test(command);
  return ofDocuments ? `${command}Item` : command;
}
