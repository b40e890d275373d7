export interface Finding {
  readonly rule: string;
  /** `Error` or `Warning`. */
  readonly level: string;
  readonly message: string;
  /** The path of the template. */
  readonly template: string;
}

/** Why findings are as they should be. */
export interface Explanation {
  readonly rule: string;
  /** Matches the whole message. */
  readonly message: RegExp;
  readonly reason: string;
}

export interface Judgement {
  readonly unexplained: readonly Finding[];
  readonly unused: readonly Explanation[];
  readonly counts: ReadonlyMap<Explanation, number>;
}

/** Finds the explanation of each finding, and those that explain none. */
export function judge(findings: readonly Finding[], explanations: readonly Explanation[]): Judgement {
  const counts = new Map<Explanation, number>();
  const unexplained = findings.filter(({ rule, message }) => {
    const found = explanations.find((each) => each.rule === rule && each.message.test(message));
    if (found !== undefined) counts.set(found, (counts.get(found) ?? 0) + 1);
    return found === undefined;
  });
  return { unexplained, unused: explanations.filter((each) => !counts.has(each)), counts };
}
