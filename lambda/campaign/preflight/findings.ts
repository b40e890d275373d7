/** The result of checks: problems stop a campaign, warnings name what could not be checked. */
export interface Findings {
  readonly problems: readonly string[];
  readonly warnings: readonly string[];
}
