import { DEFAULT_SMS_PRICE } from '../../lib/contract/campaign';

/**
 * A price of AWS in us-east-1, in US dollars, without free tier, volume discount and tax. AWS's pages load their price
 * lists in the browser, so most prices are from pages that quote them. A price without such a page is marked as not
 * verified.
 */
export interface Price {
  readonly usd: number;
  /** The number of units for this price. */
  readonly per: number;
  readonly unit: string;
  readonly source: string;
}

/** The day when the prices were looked up. */
export const PRICES_AS_OF = '2026-11-25';

export const PRICES_REGION = 'us-east-1';

const SOURCES = {
  lambda: 'https://aws.amazon.com/lambda/pricing/',
  stepFunctions: 'https://aws.amazon.com/step-functions/pricing/',
  dynamodb: 'https://aws.amazon.com/dynamodb/pricing/on-demand/',
  kms: 'https://aws.amazon.com/kms/pricing/',
  s3: 'https://aws.amazon.com/s3/pricing/',
  ses: 'https://aws.amazon.com/ses/pricing/',
  sms: 'https://aws.amazon.com/end-user-messaging/pricing/',
} as const;

export const PRICES = {
  /** On arm64. */
  lambdaDuration: { usd: 0.0000133334, per: 1, unit: 'GB-s', source: SOURCES.lambda },
  lambdaRequests: { usd: 0.2, per: 1_000_000, unit: 'requests', source: SOURCES.lambda },
  /**
   * Of the standard workflow. A Distributed Map is charged one transition for each child execution that it starts.
   *
   * @see https://docs.aws.amazon.com/step-functions/latest/dg/concepts-transitions.html
   */
  stateTransitions: { usd: 0.025, per: 1000, unit: 'transitions', source: SOURCES.stepFunctions },
  expressRequests: { usd: 1, per: 1_000_000, unit: 'requests', source: SOURCES.stepFunctions },
  /** Not verified. */
  expressDuration: { usd: 0.00001667, per: 1, unit: 'GB-s', source: SOURCES.stepFunctions },
  /** AWS halved the prices of writes and reads in November 2024. */
  dynamodbWrites: { usd: 0.625, per: 1_000_000, unit: 'write units', source: SOURCES.dynamodb },
  dynamodbReads: { usd: 0.125, per: 1_000_000, unit: 'read units', source: SOURCES.dynamodb },
  /** Not verified. */
  dynamodbStorage: { usd: 0.25, per: 1, unit: 'GB-months', source: SOURCES.dynamodb },
  /**
   * For symmetric keys. Not verified for HMAC keys, but the page makes exceptions only for asymmetric keys and for
   * pairs of data keys.
   */
  kmsRequests: { usd: 0.03, per: 10_000, unit: 'requests', source: SOURCES.kms },
  /** Symmetric and HMAC keys have the same price. */
  kmsKeys: { usd: 1, per: 1, unit: 'key-months', source: SOURCES.kms },
  s3Puts: { usd: 0.005, per: 1000, unit: 'requests', source: SOURCES.s3 },
  s3Gets: { usd: 0.0004, per: 1000, unit: 'requests', source: SOURCES.s3 },
  s3Storage: { usd: 0.023, per: 1, unit: 'GB-months', source: SOURCES.s3 },
  sesEmails: { usd: 0.1, per: 1000, unit: 'emails', source: SOURCES.ses },
} as const satisfies Record<string, Price>;

/** What campaigns assume as well. It differs between countries. */
export const SMS_MESSAGE: Price = { usd: DEFAULT_SMS_PRICE, per: 1, unit: 'SMS', source: SOURCES.sms };
