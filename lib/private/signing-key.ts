import { CfnResource, RemovalPolicy, Token } from 'aws-cdk-lib';
import { CfnAlias, CfnKey, type IKeyRef, Key, KeySpec, KeyUsage } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';

/** Creates the signing key of ClientMetadata. It is retained, because functions of other stacks may sign with it. */
export function createSigningKey(scope: Construct): IKeyRef {
  return new Key(scope, 'SigningKey', {
    description: 'Signs ClientMetadata of password resets for the custom message trigger of a Cognito user pool',
    keySpec: KeySpec.HMAC_256,
    keyUsage: KeyUsage.GENERATE_VERIFY_MAC,
    removalPolicy: RemovalPolicy.RETAIN,
  });
}

/** Returns the ARN of a signing key for use in policies. An alias is not supported: IAM does not resolve it. */
export function keyArnOf(property: string, key: IKeyRef): string {
  const { keyArn } = key.keyRef;
  const resource = [key, key.node.defaultChild].find((construct) => CfnResource.isCfnResource(construct as object));
  const isKey = Token.isUnresolved(keyArn)
    ? !keyArn.includes(':alias/') && !(resource instanceof CfnAlias)
    : /^arn:[^:]+:kms:[^:]+:\d{12}:key\/./.test(keyArn);
  if (!isKey) {
    const got = Token.isUnresolved(keyArn) ? 'an alias' : keyArn;
    throw new Error(
      `${property}: got ${got}, expected the ARN of a KMS key, such as arn:aws:kms:eu-west-1:111122223333:key/…; a policy cannot name a key by an alias`,
    );
  }
  if (resource instanceof CfnKey) {
    validateKeySpec(property, resource);
  }
  return keyArn;
}

function validateKeySpec(property: string, key: CfnKey): void {
  const { keySpec = KeySpec.SYMMETRIC_DEFAULT, keyUsage = KeyUsage.ENCRYPT_DECRYPT } = key;
  const differs = (got: string, expected: string) => !Token.isUnresolved(got) && got !== expected;
  if (differs(keySpec, KeySpec.HMAC_256) || differs(keyUsage, KeyUsage.GENERATE_VERIFY_MAC)) {
    throw new Error(
      `${property}: got a key with the spec ${keySpec} and the usage ${keyUsage}, expected one that makes MACs: new Key(this, 'SigningKey', { keySpec: KeySpec.HMAC_256, keyUsage: KeyUsage.GENERATE_VERIFY_MAC })`,
    );
  }
}
