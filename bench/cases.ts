import type { Sources } from './builds';

/** A function with its options, and the event of an invocation. */
export interface Case {
  readonly name: string;
  readonly sources: Sources;
  readonly environment: Readonly<Record<string, string>>;
  /** Makes the event, when the measurement begins. */
  readonly event: () => unknown;
  /** Files beside the builds, by name. */
  readonly files?: Readonly<Record<string, string>>;
}

const USER_POOL_ID = 'us-east-1_AbCdEfGhI';
const SIGNING_KEY_ARN = 'arn:aws:kms:us-east-1:111122223333:key/1';

const RESET: Sources = {
  asset: 'reset',
  entryPoint: 'lambda/reset/index.ts',
  bare: 'bench/bare/reset.ts',
  noSdk: 'bench/bare/no-sdk.ts',
};
const resetCase = { sources: RESET, environment: {}, event: () => ({ username: 'user' }) };
const withoutNoSdk = { ...RESET, noSdk: undefined };

/** The case that the limits are for. */
export const PLAIN_RESET: Case = { name: 'reset', ...resetCase };
export const SIGN_OUT: Case = { name: 'reset, sign-out', ...resetCase, environment: { GLOBAL_SIGN_OUT: 'true' } };

export const CASES: readonly Case[] = [
  PLAIN_RESET,
  SIGN_OUT,
  {
    ...resetCase,
    name: 'reset, idempotency',
    sources: withoutNoSdk,
    environment: { IDEMPOTENCY_TABLE_NAME: 'table', IDEMPOTENCY_EXPIRES_AFTER_SECONDS: '3600' },
  },
  { ...resetCase, name: 'reset, messages', sources: withoutNoSdk, environment: { SIGNING_KEY_ARN } },
  {
    name: 'trigger, VerifyMac',
    sources: { asset: 'messages', entryPoint: 'lambda/messages/index.ts', bare: 'bench/bare/trigger.ts' },
    environment: { SIGNING_KEY_ARN, CUSTOM_EMAIL: 'true' },
    event: () => ({
      triggerSource: 'CustomMessage_ForgotPassword',
      userPoolId: USER_POOL_ID,
      userName: 'user',
      request: {
        userAttributes: { sub: 'user', name: 'User' },
        // A well-formed token, whose MAC the endpoint calls valid.
        clientMetadata: { cdkCognitoPasswordReset: `1.${Date.now()}.${'n'.repeat(22)}.other.${'m'.repeat(43)}` },
      },
      response: {},
    }),
    files: {
      'catalog.json': JSON.stringify({
        defaultLocale: 'en',
        defaultTemplate: 'reset',
        attributes: { name: 64 },
        metadata: {},
        templates: {
          reset: {
            en: { email: { subject: ['Reset'], html: ['<p>', { attribute: 'name' }, ': ', { code: true }, '</p>'] } },
          },
        },
      }),
    },
  },
];

/** The number of users of a batch of the campaign's worker. */
export const BATCH_SIZE = 200;

/** What the worker reads its users from. */
export const LISTING = Array.from({ length: BATCH_SIZE }, (_, index) => {
  return `${JSON.stringify({ sub: `sub-${index}`, username: `user-${index}` })}\n`;
}).join('');

export const WORKER: Case = {
  name: 'worker',
  sources: {
    asset: 'campaign-worker',
    entryPoint: 'lambda/campaign/worker/index.ts',
    bare: 'bench/bare/batch.ts',
  },
  environment: {
    CAMPAIGN_BUCKET_NAME: 'campaigns',
    LEDGER_TABLE_NAME: 'ledger',
    LEDGER_EXPIRES_AFTER_SECONDS: '3600',
    // The largest pace that BulkPasswordReset allows, for one worker.
    MAX_RESETS_PER_SECOND: '30',
    MAX_WORKERS: '1',
  },
  event: () => ({
    campaign: { campaignId: 'bench', run: 'bench', clientMetadata: {}, dryRun: false },
    users: BATCH_SIZE,
    listingKey: 'listings/bench.jsonl',
    range: { etag: 'bench', offset: 0, length: LISTING.length, lines: BATCH_SIZE },
    startedAt: new Date(Date.now() + 3_600_000).toISOString(),
  }),
};

/** What Lambda sets, the user pool, and where the local endpoint is. */
export function environmentOf({ environment }: Case, url: string, certificate: string): Record<string, string> {
  return {
    PATH: process.env.PATH ?? '',
    NODE_EXTRA_CA_CERTS: certificate,
    AWS_ENDPOINT_URL: url,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'bench',
    AWS_SECRET_ACCESS_KEY: 'bench',
    AWS_LAMBDA_FUNCTION_NAME: 'bench',
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    USER_POOL_ID,
    ...environment,
  };
}
