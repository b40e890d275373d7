import { Resource, Token } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { IOriginationIdentity } from '../origination-identity';

/** The resource part of the ARN, by kind of identity. */
const ARN_RESOURCES = {
  'phone number': { resource: /^phone-number\/phone-\w+$/, example: 'phone-number/phone-…' },
  'sender ID': { resource: /^sender-id\/[\w-]+\/[A-Z]{2}$/, example: 'sender-id/NAME/GB' },
  pool: { resource: /^pool\/pool-\w+$/, example: 'pool/pool-…' },
} as const;

export type IdentityKind = keyof typeof ARN_RESOURCES;

/** An identity that is not created by this construct tree. */
class ImportedIdentity extends Resource implements IOriginationIdentity {
  public readonly originationIdentityArn: string;

  public constructor(scope: Construct, id: string, arn: string) {
    super(scope, id, { environmentFromArn: arn });
    this.originationIdentityArn = arn;
  }
}

export function importOriginationIdentity(
  scope: Construct,
  id: string,
  kind: IdentityKind,
  property: string,
  arn: string,
): IOriginationIdentity {
  if (!isArnOf(kind, arn)) {
    throw new Error(
      `${property}: got ${JSON.stringify(arn)}, expected the ARN of a ${kind}, such as arn:aws:sms-voice:us-east-1:111122223333:${ARN_RESOURCES[kind].example}, because the role of the user pool may send from exactly that ARN, and AWS does not accept another name of the same ${kind}`,
    );
  }
  return new ImportedIdentity(scope, id, arn);
}

/**
 * Whether this is the ARN of an identity of this kind. A token passes.
 *
 * @see https://docs.aws.amazon.com/sms-voice/latest/userguide/permissions-actions.html
 */
export function isArnOf(kind: IdentityKind, arn: string): boolean {
  if (Token.isUnresolved(arn)) return true;
  const resource = /^arn:aws[a-z-]*:sms-voice:[a-z]{2}[a-z-]*-\d:\d{12}:(.+)$/.exec(arn)?.[1];
  return resource !== undefined && ARN_RESOURCES[kind].resource.test(resource);
}
