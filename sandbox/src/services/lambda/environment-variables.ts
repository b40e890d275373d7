import { randomUUID } from 'node:crypto';
import type { FunctionDefinition } from '../../model';

/**
 * All environment variables of a function's process. The sandbox passes none of its own, and a variable whose name Lambda
 * reserves always has Lambda's value.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime
 */
export function environmentVariables(
  fn: FunctionDefinition,
  runtimeApi: string,
  ofRole: Record<string, string>,
): Record<string, string> {
  const region = fn.functionArn.split(':')[3] ?? '';
  const date = new Date().toISOString().slice(0, 10).replaceAll('-', '/');
  return {
    // Defaults that a function may override.
    LANG: 'en_US.UTF-8',
    PATH: '/usr/local/bin:/usr/bin:/bin:/opt/bin',
    TZ: ':UTC',
    // A folder that does not exist, because the SDK would read the developer's own AWS profiles from a real one.
    HOME: '/home/sbx_user1051',
    ...fn.environment,
    ...ofRole,
    _HANDLER: fn.handler,
    AWS_DEFAULT_REGION: region,
    AWS_EXECUTION_ENV: `AWS_Lambda_${fn.runtime}`,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(fn.memorySize),
    AWS_LAMBDA_FUNCTION_NAME: fn.functionName,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    ...(fn.logFormat === 'JSON' && { AWS_LAMBDA_LOG_FORMAT: 'JSON' }),
    AWS_LAMBDA_LOG_GROUP_NAME: fn.logGroupName,
    AWS_LAMBDA_LOG_STREAM_NAME: `${date}/[$LATEST]${randomUUID().replaceAll('-', '')}`,
    AWS_LAMBDA_RUNTIME_API: runtimeApi,
    AWS_REGION: region,
    LAMBDA_TASK_ROOT: fn.codeDirectory,
  };
}
