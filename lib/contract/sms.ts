/** The contract between SmsReadiness and its function. It imports nothing, so that either side can use it. */

/** Environment variables of the SMS readiness function. */
export const SMS_READINESS_ENVIRONMENT = {
  /** The Region from which SMS messages are sent. */
  smsRegion: 'SMS_REGION',
  /** The origination identity: a phone number, sender ID or pool. Not set when Amazon SNS sends the messages. */
  originationIdentityArn: 'ORIGINATION_IDENTITY_ARN',
  /** The opt-out list that the phone number or pool should use. */
  optOutListName: 'OPT_OUT_LIST_NAME',
  /** `true` when the function may check the phone numbers and sender IDs in the pool. */
  poolMembersKnown: 'POOL_MEMBERS_KNOWN',
} as const;

/** The result of the SMS readiness function. It contains no user name. */
export interface SmsReadinessReport {
  /** `NOT_READY` when a check failed; otherwise `UNKNOWN` when a check is unknown; otherwise `READY`. */
  readonly status: 'READY' | 'NOT_READY' | 'UNKNOWN';
  readonly path: 'END_USER_MESSAGING' | 'SNS';
  /** The Region from which SMS messages are sent. */
  readonly region: string;
  readonly checks: readonly SmsReadinessCheck[];
}

/** The result of one check. */
export interface SmsReadinessCheck {
  readonly name: 'accountTier' | 'spendLimit' | 'originationIdentity' | 'optOuts';
  readonly status: 'PASSED' | 'WARNING' | 'FAILED' | 'UNKNOWN';
  /**
   * What was found, what was expected, and what to do. For an unknown check: which API call failed, and with which
   * error.
   */
  readonly detail: string;
  /**
   * The values in `detail`, for programs. Amounts are in US dollars. The origination identity has `partsPerSecond`, the
   * message parts that it sends in a second, and `partsPerSecondFrom`, a `PartsPerSecondSource`, if they are known.
   */
  readonly values?: Readonly<Record<string, string | number | boolean>>;
}

/** The property of the custom resource that checks SMS readiness at deployment, and the value that lets it fail. */
export const SMS_READINESS_RESOURCE = { onDeployment: 'OnDeployment', fail: 'FAIL' } as const;
