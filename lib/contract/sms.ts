/** What SmsReadiness and its function both know. It imports nothing. */

/** Environment variables of the SMS readiness function. */
export const SMS_READINESS_ENVIRONMENT = {
  /** The Region that SMS leave from. */
  smsRegion: 'SMS_REGION',
  /** The number, sender ID or pool that SMS leave from; none on the path of Amazon SNS. */
  originationIdentityArn: 'ORIGINATION_IDENTITY_ARN',
  /** The opt-out list that a number or pool is expected to use. */
  optOutListName: 'OPT_OUT_LIST_NAME',
  /** `true` when the members of the pool may be looked at. */
  poolMembersKnown: 'POOL_MEMBERS_KNOWN',
} as const;

/** What the SMS readiness function returns. It names no user. */
export interface SmsReadinessReport {
  /** `NOT_READY` when a check failed; otherwise `UNKNOWN` when one is unknown; otherwise `READY`. */
  readonly status: 'READY' | 'NOT_READY' | 'UNKNOWN';
  readonly path: 'END_USER_MESSAGING' | 'SNS';
  /** The Region that SMS leave from. */
  readonly region: string;
  readonly checks: readonly SmsReadinessCheck[];
}

/** One of the things that SMS depend on. */
export interface SmsReadinessCheck {
  readonly name: 'accountTier' | 'spendLimit' | 'originationIdentity' | 'optOuts';
  readonly status: 'PASSED' | 'WARNING' | 'FAILED' | 'UNKNOWN';
  /** What is, what was expected, what to do; for an unknown one, which API failed, and with which error. */
  readonly detail: string;
  /** What the detail is about, for programs. Amounts are in US dollars. */
  readonly values?: Readonly<Record<string, string | number | boolean>>;
}

/** The custom resource that runs the SMS readiness function at deployment: its property, and the value that makes it fail. */
export const SMS_READINESS_RESOURCE = { onDeployment: 'OnDeployment', fail: 'FAIL' } as const;
