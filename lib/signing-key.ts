import { RemovalPolicy, Token } from 'aws-cdk-lib';
import { type IKeyRef, Key, KeySpec, KeyUsage } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';

/** A key for the MAC of ClientMetadata. Retained, because functions elsewhere may sign with it. */
export function createSigningKey(scope: Construct): IKeyRef {
  return new Key(scope, 'SigningKey', {
    description: 'Signs ClientMetadata of password resets for the custom message trigger of a Cognito user pool',
    keySpec: KeySpec.HMAC_256,
    keyUsage: KeyUsage.GENERATE_VERIFY_MAC,
    removalPolicy: RemovalPolicy.RETAIN,
  });
}

/** The ARN of a key as policies need it. What is behind an alias, IAM does not look up. */
export function keyArnOf(property: string, key: IKeyRef): string {
  const { keyArn } = key.keyRef;
  if (!Token.isUnresolved(keyArn) && !/^arn:[^:]+:kms:[^:]+:\d{12}:key\/./.test(keyArn)) {
    throw new Error(
      `${property}: got ${keyArn}, expected the ARN of a KMS key, such as arn:aws:kms:eu-west-1:111122223333:key/…; a policy cannot name a key by an alias`,
    );
  }
  return keyArn;
}
