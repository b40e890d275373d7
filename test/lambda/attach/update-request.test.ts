import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { type Field, type Fields, USER_POOL_FIELDS } from '../../../lambda/attach/fields';
import { type Json, toUpdateRequest, unknownFields } from '../../../lambda/attach/update-request';

const TRIGGER = 'arn:aws:lambda:us-east-1:111122223333:function:messages';

/** The members of the types of the SDK, which follow the model of the API. */
const TYPES: Readonly<Record<string, Readonly<Record<string, string>>>> = typesOfSdk();

function typesOfSdk() {
  const folder = join(
    dirname(require.resolve('@aws-sdk/client-cognito-identity-provider/package.json')),
    'dist-types',
    'models',
  );
  const source = readdirSync(folder)
    .filter((name) => name.endsWith('.d.ts'))
    .map((name) => readFileSync(join(folder, name), 'utf8').replace(/\/\*\*[\s\S]*?\*\//g, ''))
    .join('\n');
  return Object.fromEntries(
    [...source.matchAll(/export interface (\w+) \{([\s\S]*?)\n\}/g)].map(([, name, body]) => [
      name,
      Object.fromEntries(
        [...body.matchAll(/(\w+)\??:\s*([^;]+);/g)].map(([, member, type]) => [
          member,
          type.replace(/ \| undefined|\[\]/g, '').replace(/Record<string, (.*)>/, '$1'),
        ]),
      ),
    ]),
  );
}

/** The paths of all fields of a table, and of all members of a type. A field that is left out has no members here. */
function pathsOfFields(fields: Fields, path = ''): string[] {
  return Object.entries(fields).flatMap(([name, field]) => {
    const at = `${path}${name}`;
    const members = membersOf(field);
    return members === undefined ? [at] : pathsOfFields(members, `${at}.`);
  });
}

function membersOf(field: Field): Fields | undefined {
  if (field === 'CARRIED') return undefined;
  if ('members' in field) return field.members;
  if ('each' in field) return field.each;
  return 'map' in field && field.map !== 'TEXTS' ? field.map : undefined;
}

function pathsOfType(type: string, leaf: (path: string) => boolean, path = ''): string[] {
  return Object.entries(TYPES[type]).flatMap(([name, member]) => {
    const at = `${path}${name}`;
    return Object.hasOwn(TYPES, member) && !leaf(at) ? pathsOfType(member, leaf, `${at}.`) : [at];
  });
}

const isLeftOut = (path: string) => {
  const field = USER_POOL_FIELDS[path];
  return typeof field === 'object' && 'leftOut' in field;
};

test('the table has every field that the SDK knows of a user pool, and no other', () => {
  expect(pathsOfFields(USER_POOL_FIELDS).sort()).toEqual(pathsOfType('UserPoolType', isLeftOut).sort());
});

test('UpdateUserPool takes every field that is carried or renamed, and no field that is left out but that of clients', () => {
  const taken = Object.keys(TYPES.UpdateUserPoolRequest);
  const sent = Object.entries(USER_POOL_FIELDS).flatMap(([name, field]) => {
    if (typeof field === 'object' && 'leftOut' in field) return [];
    return [typeof field === 'object' && 'renamed' in field ? field.renamed : name];
  });

  expect(taken.filter((name) => !sent.includes(name)).sort()).toEqual(['DcrConfiguration', 'UserPoolId']);
  expect(sent.filter((name) => !taken.includes(name))).toEqual([]);
});

/** A user pool with every field that is known. */
function wholePool(fields: Fields = USER_POOL_FIELDS): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, contentOf(name, field)]));
}

function contentOf(name: string, field: Field): unknown {
  if (field === 'CARRIED') return name.endsWith('Days') ? 7 : `a ${name}`;
  if ('members' in field) return wholePool(field.members);
  if ('each' in field) return [wholePool(field.each), wholePool(field.each)];
  if ('map' in field) return { key: field.map === 'TEXTS' ? 'text' : wholePool(field.map) };
  return name === 'Id' ? 'us-east-1_AbCdEfGhI' : { whatever: name };
}

test('a request carries everything, under its name in UpdateUserPool, with the trigger', () => {
  const pool = wholePool();
  const request = toUpdateRequest(pool, TRIGGER);

  const { Name, LambdaConfig, AdminCreateUserConfig, ...rest } = pool;
  const { UnusedAccountValidityDays: _, ...config } = AdminCreateUserConfig as Json;
  const carried = Object.fromEntries(Object.entries(rest).filter(([name]) => !isLeftOut(name)));
  expect(request).toEqual({
    ...carried,
    UserPoolId: 'us-east-1_AbCdEfGhI',
    PoolName: Name,
    AdminCreateUserConfig: config,
    LambdaConfig: { ...(LambdaConfig as Json), CustomMessage: TRIGGER },
  });
});

test.each<[string, Json, string | undefined, Json]>([
  ['the first trigger', {}, TRIGGER, { LambdaConfig: { CustomMessage: TRIGGER } }],
  [
    'beside other triggers',
    { LambdaConfig: { PreSignUp: 'a', CustomMessage: 'b' } },
    TRIGGER,
    { LambdaConfig: { PreSignUp: 'a', CustomMessage: TRIGGER } },
  ],
  [
    'no trigger beside others',
    { LambdaConfig: { PreSignUp: 'a', CustomMessage: TRIGGER } },
    undefined,
    { LambdaConfig: { PreSignUp: 'a' } },
  ],
  ['no trigger at all', { LambdaConfig: { CustomMessage: TRIGGER } }, undefined, { LambdaConfig: {} }],
  [
    'fields that are null',
    { MfaConfiguration: null, LambdaConfig: null },
    TRIGGER,
    { LambdaConfig: { CustomMessage: TRIGGER } },
  ],
])('a request sets %s', (_, pool, trigger, expected) => {
  expect(toUpdateRequest({ Id: 'us-east-1_A', ...pool }, trigger)).toEqual({ UserPoolId: 'us-east-1_A', ...expected });
});

describe('the days of UnusedAccountValidityDays and TemporaryPasswordValidityDays, which exclude each other (aws-sdk-js 3817),', () => {
  const pool = (unused?: number, temporary?: number) => ({
    Id: 'us-east-1_A',
    AdminCreateUserConfig: {
      AllowAdminCreateUserOnly: true,
      ...(unused !== undefined && { UnusedAccountValidityDays: unused }),
    },
    Policies: { PasswordPolicy: { ...(temporary !== undefined && { TemporaryPasswordValidityDays: temporary }) } },
  });

  test.each([
    ['equal', 7, 7],
    ['different', 7, 30],
  ])('are sent as the newer one, which AWS uses: %s', (_, unused, temporary) => {
    const request = toUpdateRequest(pool(unused, temporary), TRIGGER);
    expect(request).toMatchObject({
      AdminCreateUserConfig: { AllowAdminCreateUserOnly: true },
      Policies: { PasswordPolicy: { TemporaryPasswordValidityDays: temporary } },
    });
    expect(request).not.toHaveProperty('AdminCreateUserConfig.UnusedAccountValidityDays');
  });

  test('are sent when only one of them is there', () => {
    expect(toUpdateRequest(pool(7), TRIGGER)).toHaveProperty('AdminCreateUserConfig.UnusedAccountValidityDays', 7);
    expect(toUpdateRequest(pool(undefined, 0), TRIGGER)).toHaveProperty(
      'Policies.PasswordPolicy.TemporaryPasswordValidityDays',
      0,
    );
  });
});

test('tags that only AWS writes, and default names of authentication levels, are not sent', () => {
  const Level = (AcrValue: string) => ({ AcrValue });
  const pool = {
    Id: 'us-east-1_A',
    UserPoolTags: { team: 'a', 'aws:cloudformation:stack-name': 'b' },
    AcrConfiguration: { Level1: Level('urn:cognito:loa:1'), Level2: Level('urn:cognito:loa:2') },
  };
  expect(toUpdateRequest(pool, undefined)).toEqual({
    UserPoolId: 'us-east-1_A',
    UserPoolTags: { team: 'a' },
    LambdaConfig: {},
  });

  const named = { ...pool.AcrConfiguration, Level2: Level('two') };
  expect(toUpdateRequest({ ...pool, AcrConfiguration: named }, undefined)).toMatchObject({ AcrConfiguration: named });
});

describe('a field that nobody knows', () => {
  /** The places in a user pool where a field could be new: every object that is not left out. */
  function placesIn(value: unknown, fields: Fields | undefined, path: readonly string[] = []): string[][] {
    if (fields === undefined || typeof value !== 'object' || value === null) return [];
    return [
      [...path],
      ...Object.entries(fields).flatMap(([name, field]) => {
        const members = membersOf(field);
        const inside = (value as Json)[name];
        const at = [...path, name];
        if (typeof field === 'object' && 'each' in field) return placesIn((inside as Json[])[1], members, [...at, '1']);
        if (typeof field === 'object' && 'map' in field) return placesIn((inside as Json).key, members, [...at, 'key']);
        return placesIn(inside, members, at);
      }),
    ];
  }
  const places = placesIn(wholePool(), USER_POOL_FIELDS);
  const name = fc.stringMatching(/^[A-Z][A-Za-z]{0,20}$/);
  const content = fc.oneof(
    fc.string(),
    fc.integer(),
    fc.boolean(),
    fc.constant({}),
    fc.constant([]),
    fc.constant({ a: [1] }),
  );

  test.each(places.map((path) => [path.join('.') || 'the user pool itself', path] as const))(
    'is refused by its name: in %s',
    (_, path) => {
      fc.assert(
        fc.property(name, content, (added, value) => {
          const pool = wholePool();
          const parent = path.reduce<Json>((object, key) => object[key] as Json, pool) as Record<string, unknown>;
          fc.pre(!Object.hasOwn(parent, added));
          parent[added] = value;

          const shown = [...path.map((key) => (key === 'key' ? '*' : key)), added].join('.').replace(/\.1\./, '[].');
          expect(unknownFields(pool, USER_POOL_FIELDS)).toEqual([shown]);
          expect(() => toUpdateRequest(pool, TRIGGER)).toThrow(
            `the user pool: got ${shown}, which this version does not know, expected known fields only, because UpdateUserPool would reset the others: use a newer version, or leave out attach and set the trigger by hand: see docs/imported-pools.md`,
          );
        }),
        { numRuns: 20 },
      );
    },
  );

  test.each<[string, Json, string]>([
    ['an object in place of a text', { MfaConfiguration: { Kind: 'ON' } }, 'MfaConfiguration'],
    ['objects in place of texts', { AutoVerifiedAttributes: [{ Name: 'email' }] }, 'AutoVerifiedAttributes'],
    ['a text in place of an object', { Policies: 'strict' }, 'Policies'],
    [
      'a text in place of a list',
      { AccountRecoverySetting: { RecoveryMechanisms: 'email' } },
      'AccountRecoverySetting.RecoveryMechanisms',
    ],
    ['a tag that is no text', { UserPoolTags: { team: { name: 'a' } } }, 'UserPoolTags'],
  ])('is refused as %s', (_, pool, path) => {
    expect(unknownFields(pool, USER_POOL_FIELDS)).toEqual([path]);
  });

  test('is of no interest where nothing is written', () => {
    expect(
      unknownFields({ SchemaAttributes: [{ New: true }], DcrConfiguration: { New: true } }, USER_POOL_FIELDS),
    ).toEqual([]);
  });
});

describe('docs/imported-pools.md', () => {
  const docs = readFileSync(join(__dirname, '..', '..', '..', 'docs', 'imported-pools.md'), 'utf8');
  const leftOut = Object.keys(USER_POOL_FIELDS).filter(isLeftOut);

  test('leaves out what the function leaves out, in the line for the AWS CLI', () => {
    const [, deleted = ''] = /del\(([^)]*)\)/.exec(docs) ?? [];
    const expected = [...leftOut, 'Name', 'AdminCreateUserConfig.UnusedAccountValidityDays'];
    expect(deleted.split(', ').sort()).toEqual(expected.map((name) => `.${name}`).sort());
  });

  test('names in its table every field that is not sent as it is', () => {
    const rows = docs
      .split('\n')
      .filter((line) => /^\| (?:renamed|not sent, because (?:it|UpdateUserPool keeps))/.test(line));
    const named = rows.flatMap((row) => [...row.matchAll(/`(\w+)`/g)].map(([, name]) => name));
    expect(named.sort()).toEqual([...leftOut.filter((name) => name !== 'Id'), 'Name', 'PoolName'].sort());
  });
});
