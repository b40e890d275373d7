import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { DeployedReset } from '../../support/deployed-reset';
import { cases } from '../../support/soak';

const RUNS = cases(300, 10_000);

/** A mark in all sensitive values, so that one search finds a leak. */
const MARK = 'Zq7Leak';

const RESERVED_KEY = 'cdkCognitoPasswordReset';

const FIELDS = ['username', 'clientMetadata', 'userPoolId', 'idempotencyKey', 'requestedBy', 'reason'];

const text = (constraints: fc.StringConstraints = {}) => fc.string({ unit: 'grapheme', ...constraints });
const marked = (arbitrary: fc.Arbitrary<string>) => arbitrary.map((value) => `${value}${MARK}`);

const username = marked(fc.stringMatching(/^[\p{L}\p{N}@.+_-]{0,100}$/u));
const metadata = fc.dictionary(marked(text({ maxLength: 10 })), marked(text({ maxLength: 50 })), { maxKeys: 5 });
const validEvent = fc
  .record(
    {
      username,
      clientMetadata: metadata,
      requestedBy: text({ maxLength: 50 }),
      reason: text({ maxLength: 50 }),
      mention: fc.boolean(),
    },
    { requiredKeys: ['username', 'mention'] },
  )
  // A claim may contain the user name.
  .map(({ mention, ...event }) =>
    mention ? { ...event, reason: `for ${event.username.toUpperCase()} again` } : event,
  );

const secret = marked(text());
const notText = fc.oneof(
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
  fc.array(secret),
  fc.dictionary(secret, secret),
);
const lonelySurrogate = fc.constantFrom('\ud800', '\udfff', 'a\udc00b');
const spaced = fc.constantFrom(' ', '\t', '\n', '\u0000', '\u200b', '\ue000', '\u2028');

/** Changes to a valid event, each of which violates one rule. */
const violations: readonly fc.Arbitrary<Record<string, unknown>>[] = [
  // An unknown field, including those similar to a known one.
  fc
    .tuple(
      fc.oneof(
        secret,
        fc.constantFrom('clientMetaData', 'userName', 'user', 'Username', 'reset', '__proto__', 'constructor'),
      ),
      fc.oneof(secret, notText),
    )
    .filter(([field]) => !FIELDS.includes(field))
    .map(([field, value]) => JSON.parse(`{${JSON.stringify(field)}: ${JSON.stringify(value) ?? 'null'}}`)),
  // The user name.
  notText.map((value) => ({ username: value })),
  fc.tuple(username, spaced).map(([name, space]) => ({ username: `${space}${name}` })),
  fc.tuple(username, lonelySurrogate).map(([name, half]) => ({ username: `${half}${name}` })),
  username.map((name) => ({ username: [...name].concat(Array(129).fill('x')).slice(0, 129).join('') })),
  fc.constant({ username: '' }),
  fc.constant({ username: undefined }),
  // The user pool.
  fc.oneof(secret, notText).map((value) => ({ userPoolId: value })),
  // ClientMetadata.
  fc.oneof(secret, fc.integer(), fc.constant(null), fc.array(secret)).map((value) => ({ clientMetadata: value })),
  fc.tuple(metadata, notText).map(([entries, value]) => ({ clientMetadata: { ...entries, key: value } })),
  fc.tuple(metadata, secret).map(([entries, value]) => ({ clientMetadata: { ...entries, [RESERVED_KEY]: value } })),
  metadata.map((entries) => ({
    clientMetadata: JSON.parse(`{"__proto__":"${MARK}", "a":${JSON.stringify(entries.a ?? '')}}`),
  })),
  fc.tuple(metadata, lonelySurrogate).map(([entries, half]) => ({ clientMetadata: { ...entries, key: half } })),
  fc.tuple(metadata, lonelySurrogate).map(([entries, half]) => ({ clientMetadata: { ...entries, [half]: MARK } })),
  // The function is deployed without idempotency.
  fc.oneof(secret, notText).map((value) => ({ idempotencyKey: value })),
  // Claims.
  fc.tuple(fc.constantFrom('requestedBy', 'reason'), notText).map(([field, value]) => ({ [field]: value })),
  fc
    .tuple(fc.constantFrom('requestedBy', 'reason'), lonelySurrogate)
    .map(([field, half]) => ({ [field]: MARK + half })),
  fc.constantFrom({ requestedBy: MARK.padEnd(257) }, { reason: MARK.padEnd(1_025) }),
];
/** An event with marked claims: the claims of an invalid request are not logged. */
const secretEvent = validEvent.map((event) =>
  Object.fromEntries(
    Object.entries(event).map(([field, value]) => [field, typeof value === 'string' ? `${value}${MARK}` : value]),
  ),
);
const invalidEvent = fc.oneof(
  {
    weight: 50,
    arbitrary: fc.tuple(secretEvent, fc.oneof(...violations)).map(([event, broken]) => merged(event, broken)),
  },
  { weight: 1, arbitrary: fc.oneof(secret, fc.integer(), fc.constant(null), fc.array(secret)) },
);

describe('the reset function with invalid input', () => {
  let reset: DeployedReset;
  beforeAll(async () => {
    reset = await DeployedReset.start();
  });
  afterAll(() => reset.stop());

  test(`fails with InvalidRequestError without calling Cognito, and outputs no value of the event (${RUNS} invalid events)`, async () => {
    await fc.assert(
      fc.asyncProperty(invalidEvent, async (event) => {
        reset.output.length = 0;
        const answer = await reset.invoke(event);

        expect(answer.errorType).toBe('InvalidRequestError');
        expect(JSON.stringify(answer) + reset.output.join('\n')).not.toContain(MARK);
      }),
      { numRuns: RUNS },
    );
    expect(reset.resets).toBe(0);
  });

  test.each([
    ['keys', { ['k'.repeat(131_073)]: 'v' }],
    ['values', { key: 'v'.repeat(131_073) }],
    ['all entries together', { a: 'v'.repeat(131_072), b: 'v'.repeat(131_072) }],
  ])('fails with InvalidRequestError when the metadata exceeds the limit: %s', async (_, clientMetadata) => {
    expect(await reset.invoke({ username: 'one', clientMetadata })).toMatchObject({ errorType: 'InvalidRequestError' });
  });

  test.each([
    ['a user name', { username: '😀'.repeat(128) }],
    ['a metadata value', { username: 'nobody', clientMetadata: { key: '😀'.repeat(131_072) } }],
  ])('counts code points as characters: accepts %s of the maximum length', async (_, event) => {
    expect(await reset.invoke(event)).toMatchObject({ errorType: 'UserNotFoundException' });
  });
});

describe('the reset function with valid input', () => {
  /** Responds to every request with a fault that contains the body of the request. */
  let server: Server;
  let reset: DeployedReset;
  let requests = 0;
  beforeAll(async () => {
    server = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk);
      const body = Buffer.concat(chunks).toString();
      const [status, type] = FAULTS[requests++ % FAULTS.length] as (typeof FAULTS)[number];
      if (status === 0) return request.socket.destroy();
      response.writeHead(status, {
        'Content-Type': 'application/x-amz-json-1.1',
        'x-amzn-ErrorMessage': encodeURI(body),
      });
      return response.end(type === undefined ? body : JSON.stringify({ __type: type, message: body }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const functionEnvironment = { AWS_ENDPOINT_URL: `http://127.0.0.1:${port}` };
    reset = await DeployedReset.start({}, { functionEnvironment });
  });
  afterAll(async () => {
    await reset.stop();
    server.close();
  });

  const FAULTS = [
    [400, 'UserLambdaValidationException'],
    [400, 'NotAuthorizedException'],
    [400, undefined],
    [500, 'InternalErrorException'],
    [503, undefined],
    [200, undefined],
    [0, undefined],
    [302, 'UserNotFoundException'],
  ] as const;

  test(`outputs no user name even if the endpoint returns the request in its errors (${RUNS} valid events)`, async () => {
    await fc.assert(
      fc.asyncProperty(validEvent, async (event) => {
        reset.output.length = 0;
        const answer = await reset.invoke(event);

        const shown = JSON.stringify(answer) + reset.output.join('\n');
        expect(shown.toLowerCase()).not.toContain(MARK.toLowerCase());
      }),
      { numRuns: RUNS },
    );
    expect(requests).toBeGreaterThanOrEqual(RUNS);
  });
});

/** Merges own properties, including one named `__proto__`. */
function merged(event: object, broken: Record<string, unknown>): unknown {
  const all = [...Object.entries(event), ...Object.entries(broken)].filter(([, value]) => value !== undefined);
  const fields = all.filter(
    ([field]) => broken[field] !== undefined || !Object.hasOwn(broken, field) || field === '__proto__',
  );
  return JSON.parse(
    `{${fields.map(([field, value]) => `${JSON.stringify(field)}:${JSON.stringify(value)}`).join(',')}}`,
  );
}
