import { RESET_ENVIRONMENT } from '../../lib/contract/reset';
import { requiredEnvironmentVariable } from '../shared/environment';
import { createLogger } from '../shared/logger';
import { UserPool } from '../shared/user-pool';
import { createHandler } from './handler';
import { ResetMetrics } from './reset-metrics';

const idempotencyTableName = process.env[RESET_ENVIRONMENT.idempotencyTableName];
const signingKeyArn = process.env[RESET_ENVIRONMENT.signingKeyArn];

const userPool = new UserPool(requiredEnvironmentVariable(RESET_ENVIRONMENT.userPoolId, 'AdminPasswordReset'));
userPool.connectEarly();

export const handler = createHandler({
  userPool,
  globalSignOut: process.env[RESET_ENVIRONMENT.globalSignOut] === 'true',
  idempotentResets: idempotencyTableName === undefined ? undefined : loadIdempotency(idempotencyTableName),
  signer: signingKeyArn === undefined ? undefined : loadSigner(signingKeyArn),
  failWithoutSignature: process.env[RESET_ENVIRONMENT.failWithoutSignature] === 'true',
  logger: createLogger(),
  metrics: new ResetMetrics(requiredEnvironmentVariable('AWS_LAMBDA_FUNCTION_NAME', 'AdminPasswordReset')),
});

/** The code is in a bundle of its own, so that functions without the option start faster. */
async function loadIdempotency(tableName: string) {
  const { IdempotentResets } = await import('./idempotency.js');
  return new IdempotentResets(
    tableName,
    Number(requiredEnvironmentVariable(RESET_ENVIRONMENT.idempotencyExpiresAfterSeconds, 'AdminPasswordReset')),
  );
}

/** The code is in a bundle of its own, as for idempotency. */
async function loadSigner(keyArn: string) {
  const { Signer } = await import('./signing.js');
  return new Signer(keyArn, process.env[RESET_ENVIRONMENT.caseInsensitive] === 'true');
}
