import type { KeyDefinition } from '../service';
import { lazily } from './lazy';
import { type Resource, resourcesOf } from './resource';
import type { Stack } from './stack';

/** The KMS keys of the assembly. */
export function keysOf(stacks: readonly Stack[]): KeyDefinition[] {
  return resourcesOf(stacks, 'AWS::KMS::Key').map((key) =>
    lazily<KeyDefinition>({
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

function aliasesOf(key: Resource, stacks: readonly Stack[]): string[] {
  const names = [key.attribute('KeyId'), key.attribute('Arn')];
  return resourcesOf(stacks, 'AWS::KMS::Alias')
    .filter((alias) => names.includes(alias.requiredText('TargetKeyId')))
    .map((alias) => alias.attribute('Ref'));
}
