import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FunctionDefinition, InvokePermission, Json } from '../model';
import { TemporaryFolder } from '../temporary-folder';
import { type DeployedResource, resourcesOfType } from './deployed-resource';
import { resolveText, throwAt } from './intrinsics';
import { lazyObject } from './lazy-object';
import { functionArn } from './resource-attributes';
import type { Stack } from './stack';

/** The Lambda functions of the assembly. Inline code is written to folders, which are added to `written`. */
export function functionsOf(stacks: readonly Stack[], written: TemporaryFolder[]): FunctionDefinition[] {
  return resourcesOfType(stacks, 'AWS::Lambda::Function').map((resource) =>
    lazyObject<FunctionDefinition>({
      functionName: () => resource.attribute('Ref'),
      functionArn: () => resource.attribute('Arn'),
      roleArn: () => resource.requiredText('Role'),
      codeDirectory: () => codeDirectoryOf(resource, written),
      handler: () => resource.requiredText('Handler'),
      runtime: () => resource.requiredText('Runtime'),
      timeoutSeconds: () => Number(resource.property('Timeout') ?? 3),
      memorySize: () => Number(resource.property('MemorySize') ?? 128),
      environment: () => environmentOf(resource),
      logGroupName: () => String(loggingConfigOf(resource).LogGroup ?? `/aws/lambda/${resource.attribute('Ref')}`),
      logFormat: () => (loggingConfigOf(resource).LogFormat === 'JSON' ? 'JSON' : 'Text'),
      reservedConcurrentExecutions: () => {
        const reserved = resource.property('ReservedConcurrentExecutions');
        return reserved === undefined ? undefined : Number(reserved);
      },
    }),
  );
}

/** The resource-based policies of the functions: the principals that may invoke them. */
export function permissionsOf(stacks: readonly Stack[]): InvokePermission[] {
  return resourcesOfType(stacks, 'AWS::Lambda::Permission')
    .filter((resource) => ['lambda:InvokeFunction', 'lambda:*'].includes(resource.requiredText('Action')))
    .filter((resource) => resource.property('InvokedViaFunctionUrl') !== true)
    .map((resource) =>
      lazyObject<InvokePermission>({
        functionArn: () => functionArn(resource),
        principal: () => resource.requiredText('Principal'),
        sourceArn: () => sourceArnOf(resource),
      }),
    );
}

function codeDirectoryOf(resource: DeployedResource, written: TemporaryFolder[]): string {
  const code = (resource.property('Code') ?? {}) as Json;
  if (typeof code.ZipFile === 'string') {
    const folder = new TemporaryFolder('inline-code-');
    written.push(folder);
    writeFileSync(join(folder.path, 'index.js'), code.ZipFile);
    return folder.path;
  }
  const path =
    resource.stack.assetPath(String(code.S3Key)) ?? throwAt(resource, 'its code is not an asset of the stack');
  return statSync(path, { throwIfNoEntry: false })?.isDirectory()
    ? path
    : throwAt(resource, `its code is not a folder: ${path}`);
}

function environmentOf(resource: DeployedResource): Record<string, string> {
  const { Variables: variables = {} } = (resource.property('Environment') ?? {}) as Json;
  return Object.fromEntries(
    Object.entries(variables as Json).map(([name, value]) => [name, resolveText(value, resource)]),
  );
}

function loggingConfigOf(resource: DeployedResource): Json {
  return (resource.property('LoggingConfig') ?? {}) as Json;
}

/**
 * The ARN of the source that a permission is limited to. A permission with another limit is an error, because ignoring that
 * limit would allow too much.
 */
function sourceArnOf(resource: DeployedResource): string | undefined {
  const account = resource.property('SourceAccount');
  if (account !== undefined && account !== resource.stack.account) {
    throwAt(resource, `the sandbox has no SourceAccount ${account}, only ${resource.stack.account}`);
  }
  for (const property of ['EventSourceToken', 'PrincipalOrgID']) {
    if (resource.property(property) !== undefined) throwAt(resource, `the sandbox cannot evaluate ${property}`);
  }
  return resource.text('SourceArn');
}
