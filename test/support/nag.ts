import { type App, Validations } from 'aws-cdk-lib';
import {
  AwsSolutionsChecks,
  HIPAASecurityChecks,
  type NagPack,
  NIST80053R5Checks,
  PCIDSS321Checks,
  ServerlessChecks,
} from 'cdk-nag';
import type { IConstruct } from 'constructs';

const PACKS: readonly (new () => NagPack)[] = [
  AwsSolutionsChecks,
  HIPAASecurityChecks,
  NIST80053R5Checks,
  PCIDSS321Checks,
  ServerlessChecks,
];

/** A finding of a pack, and the acknowledgement of the nearest construct; undefined if there is none. */
export interface Finding {
  readonly pack: string;
  /** Without its pack. */
  readonly rule: string;
  readonly construct: string;
  readonly acknowledgement?: { readonly construct: string; readonly reason: string };
}

/** Every finding of all packs in a synthesized app, including those that are acknowledged. */
export function findingsOf(app: App): Finding[] {
  return PACKS.flatMap((Pack) => {
    // Acknowledged findings are left out of the report of a pack.
    const pack = new Pack();
    Object.assign(pack, { isAcknowledged: () => false });
    return pack.validateScope(app).violations.flatMap(({ ruleName, violatingResources }) =>
      violatingResources.map(({ constructPath = '' }) => ({
        pack: pack.readPackName,
        rule: ruleName.slice(pack.readPackName.length + 1),
        construct: constructPath,
        acknowledgement: acknowledgementOf(app, constructPath, ruleName),
      })),
    );
  });
}

function acknowledgementOf(app: App, path: string, rule: string): Finding['acknowledgement'] {
  const construct = path.split('/').reduce<IConstruct>((scope, id) => scope.node.findChild(id), app);
  for (const { node } of construct.node.scopes.reverse()) {
    const entries = node.metadata.filter(({ type }) => type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY);
    // The CDK writes this prefix, and cdk-nag ignores it.
    const reasons = entries.flatMap(({ data }) => Object.entries<string>(data));
    const found = reasons.find(([id]) => id.replace(/^annotation::/i, '') === rule);
    if (found !== undefined) return { construct: node.path, reason: found[1] };
  }
  return undefined;
}
