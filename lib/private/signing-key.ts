import { type CfnResource, RemovalPolicy, Token } from 'aws-cdk-lib';
import { type IKeyRef, Key, KeySpec, KeyUsage } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { DECIDED_AT_DEPLOYMENT, resourceOf, templatePropertyOf } from './template-properties';

/** Creates the signing key of ClientMetadata. It is retained, because functions of other stacks may sign with it. */
export function createSigningKey(scope: Construct): IKeyRef {
  return new Key(scope, 'SigningKey', {
    description: 'Signs ClientMetadata of password resets for the custom message trigger of a Cognito user pool',
    keySpec: KeySpec.HMAC_256,
    keyUsage: KeyUsage.GENERATE_VERIFY_MAC,
    removalPolicy: RemovalPolicy.RETAIN,
  });
}

/** Returns the ARN of a key for use in policies. An alias is not supported: IAM does not resolve it. */
export function requireKeyArn(property: string, key: IKeyRef): string {
  const { keyArn } = key.keyRef;
  const isKey = Token.isUnresolved(keyArn)
    ? !keyArn.includes(':alias/') && resourceOf(key, 'AWS::KMS::Alias') === undefined
    : /^arn:[^:]+:kms:[^:]+:\d{12}:key\/./.test(keyArn);
  if (!isKey) {
    const got = Token.isUnresolved(keyArn) ? 'an alias' : keyArn;
    throw new Error(
      `${property}: got ${got}, expected the ARN of a KMS key, such as arn:aws:kms:eu-west-1:111122223333:key/…; a policy cannot name a key by an alias`,
    );
  }
  return keyArn;
}

/**
 * Returns the ARN of a signing key for use in policies. At synth, when the properties of a key of this app are final, it
 * is validated in the given scope.
 */
export function keyArnOf(scope: Construct, property: string, key: IKeyRef): string {
  const keyArn = requireKeyArn(property, key);
  const resource = resourceOf(key, 'AWS::KMS::Key');
  if (resource !== undefined) {
    scope.node.addValidation({ validate: () => validateKeySpec(property, resource) });
  }
  return keyArn;
}

function validateKeySpec(property: string, key: CfnResource): string[] {
  const spec = templatePropertyOf(key, 'KeySpec') ?? KeySpec.SYMMETRIC_DEFAULT;
  const usage = templatePropertyOf(key, 'KeyUsage') ?? KeyUsage.ENCRYPT_DECRYPT;
  const fits = (got: unknown, expected: string) => got === expected || got === DECIDED_AT_DEPLOYMENT;
  return fits(spec, KeySpec.HMAC_256) && fits(usage, KeyUsage.GENERATE_VERIFY_MAC)
    ? []
    : [
        `${property}: got a key with the spec ${spec} and the usage ${usage}, expected one that makes MACs: new Key(this, 'SigningKey', { keySpec: KeySpec.HMAC_256, keyUsage: KeyUsage.GENERATE_VERIFY_MAC })`,
      ];
}
