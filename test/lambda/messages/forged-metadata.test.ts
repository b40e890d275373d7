import fc from 'fast-check';
import { RESERVED_METADATA_KEY } from '../../../lib/contract/reset';
import { DeployedMessages } from '../../support/deployed-messages';

const RUNS = 10_000;

/** What stands in values that would be seen if one of them reached a message. */
const MARK = 'MARK';

/** The texts that users get who ask for a code themselves, and no others. */
const SELF_SERVICE = { en: '<p>self en: CODE</p>', de: '<p>self de: CODE</p>' };

/** Genuine tokens that do not fit: each is made for a map, of which then something is different. */
interface Replay {
  readonly username: string;
  readonly userPoolId?: string;
  readonly age?: number;
  /** What the map is changed by, after it was signed. */
  readonly change?: Record<string, string>;
}

const replay: fc.Arbitrary<Replay> = fc.oneof(
  fc.record({ username: fc.constantFrom('other', 'other@example.com', '+15555550199', 'victi', 'Victim', 'victim ') }),
  fc.record({ username: fc.constant('victim'), userPoolId: fc.constantFrom('us-east-1_Another01', '', 'us-east-1') }),
  fc.record({ username: fc.constant('victim'), age: fc.integer({ min: 300_500, max: 1e9 }) }),
  fc.record({ username: fc.constant('victim'), age: fc.integer({ min: -1e9, max: -31_500 }) }),
  fc.record({
    username: fc.constant('victim'),
    change: fc.record({ key: fc.constantFrom('template', 'ticket', 'added'), value: fc.string() }).map(
      // Different from whatever was signed.
      ({ key, value }) => ({ [key]: `${MARK} changed ${value}` }),
    ),
  }),
);

const text = fc.oneof(
  fc.constantFrom('breach', 'plain', 'ticket', 'greeting', 'self', 'constructor', '__proto__', '', 'de', 'en', 'pt-BR'),
  fc.constantFrom(
    `<a href="https://${MARK}.example">${MARK}</a>`,
    `${MARK}\r\n{####}`,
    '{username}',
    `https://${MARK}`,
  ),
  fc.string({ unit: 'binary' }).map((value) => value.toWellFormed() + MARK),
);

const forgedToken = fc.oneof(
  text,
  // Well formed and fresh, with a MAC that nobody made.
  fc
    .tuple(
      fc.constantFrom('email', 'phone', 'uuid', 'other'),
      fc.constantFrom('', '+folded'),
      fc.uint8Array({ minLength: 48, maxLength: 48 }),
    )
    .map(([form, folded, bytes]) => {
      const encoded = Buffer.from(bytes).toString('base64url');
      return `1.${Date.now()}.${encoded.slice(0, 22)}.${form}${folded}.${encoded.slice(21, 64)}`;
    }),
);

const map = fc
  .array(
    fc.tuple(
      fc.oneof(fc.constantFrom('template', 'locale', 'ticket', 'given_name', '__proto__', 'constructor'), text),
      text,
    ),
    { maxLength: 6 },
  )
  .map((entries) => withEntries({}, entries));

const attack = fc.record({
  metadata: map,
  token: fc.oneof(
    { arbitrary: fc.record({ forged: forgedToken }), weight: 2 },
    { arbitrary: fc.record({ replay }), weight: 2 },
    { arbitrary: fc.constant(undefined), weight: 3 },
  ),
});

test(`${RUNS} ForgotPassword calls with any ClientMetadata: the text is that of self-service, in a language of the catalog`, async () => {
  let time = Date.now();
  const deployed = await DeployedMessages.start({
    // Past the quota for ForgotPassword.
    sandbox: {
      now: () => {
        time += 1_000;
        return new Date(time);
      },
    },
  });
  await deployed.addUser('victim', { given_name: 'Given' });
  let tokensRefusedByKms = 0;
  try {
    await fc.assert(
      fc.asyncProperty(attack, async ({ metadata, token }) => {
        const sent = await metadataOf(deployed, metadata, token);
        deployed.output.length = 0;
        await deployed.forgotPassword('victim', sent);

        const body = deployed.lastMessage?.body;
        const locale = Object.hasOwn(sent, 'locale') && sent.locale === 'de' ? 'de' : 'en';
        expect(body).toBe(SELF_SERVICE[locale]);
        expect(deployed.output.join()).not.toContain(MARK);
        if (deployed.reasons.includes('InvalidMac')) tokensRefusedByKms++;
      }),
      { numRuns: RUNS },
    );
    expect(deployed.sandbox.messages.length).toBe(RUNS);
    // Not all of them were turned away at the door.
    expect(tokensRefusedByKms).toBeGreaterThan(RUNS / 10);
  } finally {
    await deployed.stop();
  }
}, 280_000);

async function metadataOf(
  deployed: DeployedMessages,
  metadata: Record<string, string>,
  token: { readonly forged: string } | { readonly replay: Replay } | undefined,
): Promise<Record<string, string>> {
  if (token === undefined) return metadata;
  if ('forged' in token) return withEntries(metadata, [[RESERVED_METADATA_KEY, token.forged]]);
  const { username, change = {}, ...options } = token.replay;
  const signed = await deployed.signed(username, metadata, options);
  return withEntries(signed, Object.entries(change));
}

/** As own properties, also when one is called `__proto__`. */
function withEntries(metadata: Record<string, string>, entries: [string, string][]): Record<string, string> {
  return Object.fromEntries([...Object.entries(metadata), ...entries]);
}
