/**
 * What AWS charges in us-east-1, in US dollars, without any free tier, volume discount or tax. The price lists on AWS's
 * pages are filled in by the browser, so most prices were read where they are quoted; what was not found anywhere is
 * marked as not verified.
 */
export interface Price {
  readonly usd: number;
  /** For how many units that is. */
  readonly per: number;
  readonly unit: string;
  readonly source: string;
}

/** When they were looked up. */
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
   * Of the STANDARD workflow. A Distributed Map is charged one for each child that it starts:
   * https://docs.aws.amazon.com/step-functions/latest/dg/concepts-transitions.html
   */
  stateTransitions: { usd: 0.025, per: 1000, unit: 'transitions', source: SOURCES.stepFunctions },
  expressRequests: { usd: 1, per: 1_000_000, unit: 'requests', source: SOURCES.stepFunctions },
  /** Not verified. */
  expressDuration: { usd: 0.00001667, per: 1, unit: 'GB-s', source: SOURCES.stepFunctions },
  /** Since AWS halved them in November 2024. */
  dynamodbWrites: { usd: 0.625, per: 1_000_000, unit: 'write units', source: SOURCES.dynamodb },
  dynamodbReads: { usd: 0.125, per: 1_000_000, unit: 'read units', source: SOURCES.dynamodb },
  /** Not verified. */
  dynamodbStorage: { usd: 0.25, per: 1, unit: 'GB-months', source: SOURCES.dynamodb },
  /**
   * Of symmetric keys. That HMAC keys are charged like these is not verified: the page makes exceptions for
   * asymmetric keys and for pairs of data keys only.
   */
  kmsRequests: { usd: 0.03, per: 10_000, unit: 'requests', source: SOURCES.kms },
  /** The same for symmetric and HMAC keys. */
  kmsKeys: { usd: 1, per: 1, unit: 'key-months', source: SOURCES.kms },
  s3Puts: { usd: 0.005, per: 1000, unit: 'requests', source: SOURCES.s3 },
  s3Gets: { usd: 0.0004, per: 1000, unit: 'requests', source: SOURCES.s3 },
  s3Storage: { usd: 0.023, per: 1, unit: 'GB-months', source: SOURCES.s3 },
  sesEmails: { usd: 0.1, per: 1000, unit: 'emails', source: SOURCES.ses },
} as const satisfies Record<string, Price>;

/**
 * An SMS to the United States, not verified: about 0.006 for a message of one part, and the carrier's fee of
 * 0.002 to 0.005, rounded up. Other countries cost up to twenty times that.
 */
export const SMS_TO_UNITED_STATES: Price = { usd: 0.01, per: 1, unit: 'SMS', source: SOURCES.sms };
