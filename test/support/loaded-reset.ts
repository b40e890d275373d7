import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';

const BUNDLE = resolve(__dirname, '..', '..', 'assets', 'reset', 'index.js');

/**
 * Loads the reset function in a process of its own, without Lambda's runtime client, and waits for the end of the process.
 *
 * @param then the source of what the process does next, with the exports of the function as `reset`
 */
export function loadReset(environment: Readonly<Record<string, string>>, then = '') {
  return promisify(execFile)(process.execPath, ['-e', `const reset = require(${JSON.stringify(BUNDLE)}); ${then}`], {
    env: {
      AWS_REGION: 'us-east-1',
      AWS_LAMBDA_FUNCTION_NAME: 'reset',
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
      USER_POOL_ID: 'us-east-1_AbCdEfGhI',
      ...environment,
    },
  });
}
