import fc from 'fast-check';
import { SIGNATURE_REASONS } from '../../../lambda/messages/reason';
import { RESERVED_METADATA_KEY } from '../../../lib/contract/reset';
import { DeployedMessages } from '../../support/deployed-messages';
import { metricsIn } from '../../support/deployment';
import { cases } from '../../support/soak';

const RUNS = cases(200, 10_000);

/** A mark in the values, which shows if one of them reaches a message. */
const MARK = 'MARK';

/** The self-service template, which every message must be. */
const SELF_SERVICE = { en: '<p>self en: CODE</p>', de: '<p>self de: CODE</p>' };

/** A validly signed token that does not fit the call: something is different from what was signed. */
interface Replay {
  readonly username: string;
  readonly userPoolId?: string;
  readonly age?: number;
  /** Changes to the metadata after signing. */
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
      // The mark makes the value different from the signed one.
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
  // Well formed and recent, but with a random MAC.
  fc
    .tuple(
      fc.constantFrom('email', 'phone', 'uuid', 'other'),
      fc.constantFrom('', '+folded'),
      ...[16, 32].map((length) => fc.uint8Array({ minLength: length, maxLength: length })),
    )
    .map(([form, folded, ...random]) => {
      const [nonce, mac] = random.map((bytes) => Buffer.from(bytes).toString('base64url'));
      return `1.${Date.now()}.${nonce}.${form}${folded}.${mac}`;
    }),
);

const metadataMap = fc
  .array(
    fc.tuple(
      fc.oneof(fc.constantFrom('template', 'locale', 'ticket', 'given_name', '__proto__', 'constructor'), text),
      text,
    ),
    { maxLength: 6 },
  )
  .map((entries) => withEntries({}, entries));

/** How many genuine signatures have been used before, with `singleUse`. */
const USED = 5;

const attackWith = (singleUse: boolean) =>
  fc.record({
    metadata: metadataMap,
    token: fc.oneof(
      { arbitrary: fc.record({ forged: forgedToken }), weight: 2 },
      { arbitrary: fc.record({ replay }), weight: 2 },
      { arbitrary: fc.record({ used: fc.nat(USED - 1) }), weight: singleUse ? 1 : 0 },
      { arbitrary: fc.constant(undefined), weight: 3 },
    ),
  });

test.each([
  ['', undefined],
  [', with singleUse', true],
])(
  `ForgotPassword with any ClientMetadata yields the self-service template in a locale of the catalog (${RUNS} calls%s)`,
  async (_, singleUse) => {
    let time = Date.now();
    const deployed = await DeployedMessages.start({
      singleUse,
      // Each call comes a second later, so that the ForgotPassword quota is never exceeded.
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
      const used = singleUse ? await useSignatures(deployed) : [];
      const before = deployed.sandbox.messages.length;
      await fc.assert(
        fc.asyncProperty(attackWith(singleUse === true), async ({ metadata, token }) => {
          const sent =
            token && 'used' in token ? (used[token.used] ?? {}) : await metadataOf(deployed, metadata, token);
          deployed.output.length = 0;
          await deployed.forgotPassword('victim', sent);

          const body = deployed.lastMessage?.body;
          const locale = Object.hasOwn(sent, 'locale') && sent.locale === 'de' ? 'de' : 'en';
          expect(body).toBe(SELF_SERVICE[locale]);
          expect(deployed.output.join()).not.toContain(MARK);
          // The dimensions of a metric are a closed list, whatever is sent.
          expect(metricsIn(deployed.logged)).toEqual(
            deployed.reasons.flatMap((Reason) => [
              { dimensions: [['FunctionName']], UnverifiedSignatures: 1 },
              { dimensions: [['FunctionName', 'Reason']], Reason, UnverifiedSignatures: 1 },
            ]),
          );
          for (const reason of deployed.reasons) expect(SIGNATURE_REASONS).toContain(reason);
          if (deployed.reasons.includes('InvalidMac')) tokensRefusedByKms++;
        }),
        { numRuns: RUNS },
      );
      expect(deployed.sandbox.messages.length - before).toBe(RUNS);
      // Enough of the tokens must get as far as KMS.
      expect(tokensRefusedByKms).toBeGreaterThan(RUNS / 10);
    } finally {
      await deployed.stop();
    }
  },
);

/** Genuine maps whose signatures were used a while ago. */
async function useSignatures(deployed: DeployedMessages): Promise<Record<string, string>[]> {
  const maps: Record<string, string>[] = [];
  for (let count = 0; count < USED; count += 1) {
    const map = await deployed.signed('victim', { template: 'breach', ticket: MARK, locale: 'de' });
    await deployed.forgotPassword('victim', map);
    expect(deployed.lastMessage?.body).toBe('<p>breach de: CODE</p>');
    maps.push(map);
  }
  await deployed.moveUses(20_001);
  return maps;
}

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

/** Adds the entries as own properties, including one named `__proto__`. */
function withEntries(metadata: Record<string, string>, entries: [string, string][]): Record<string, string> {
  return Object.fromEntries([...Object.entries(metadata), ...entries]);
}
