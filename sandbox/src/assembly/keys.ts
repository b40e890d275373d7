import type { KeyDefinition } from '../model';
import { type DeployedResource, resourcesOfType } from './deployed-resource';
import { lazyObject } from './lazy-object';
import type { Stack } from './stack';

/** The KMS keys of the assembly. */
export function keysOf(stacks: readonly Stack[]): KeyDefinition[] {
  return resourcesOfType(stacks, 'AWS::KMS::Key').map((key) =>
    lazyObject<KeyDefinition>({
      keyId: () => key.attribute('KeyId'),
      keyArn: () => key.attribute('Arn'),
      aliases: () => aliasesOf(key, stacks),
      keySpec: () => key.text('KeySpec') ?? 'SYMMETRIC_DEFAULT',
      keyUsage: () => key.text('KeyUsage') ?? 'ENCRYPT_DECRYPT',
      origin: () => key.text('Origin') ?? 'AWS_KMS',
      enabled: () => key.text('Enabled') !== 'false',
    }),
  );
}

/** The ARN of the key that a resource refers to by ARN, id or alias. */
export function keyArnOf(name: string, { stack }: DeployedResource, stacks: readonly Stack[]): string {
  if (/^arn:[^:]+:kms:[^:]*:[^:]*:key\//.test(name)) return name;
  const named = resourcesOfType(stacks, 'AWS::KMS::Key')
    .filter((key) => key.stack.account === stack.account && key.stack.region === stack.region)
    .find((key) =>
      [key.attribute('KeyId'), ...aliasesOf(key, stacks)].includes(name.replace(/^arn:.*:alias\//, 'alias/')),
    );
  return named?.attribute('Arn') ?? stack.arn('kms', name.startsWith('alias/') ? name : `key/${name}`);
}

function aliasesOf(key: DeployedResource, stacks: readonly Stack[]): string[] {
  const names = [key.attribute('KeyId'), key.attribute('Arn')];
  return resourcesOfType(stacks, 'AWS::KMS::Alias')
    .filter((alias) => names.includes(alias.requiredText('TargetKeyId')))
    .map((alias) => alias.attribute('Ref'));
}
