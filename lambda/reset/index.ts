import { ENVIRONMENT } from '../../lib/contract';
import { required } from '../environment';
import { createLogger } from '../log';
import { UserPool } from './cognito';
import { createHandler } from './handler';
import { ResetMetrics } from './reset-metrics';

const idempotencyTableName = process.env[ENVIRONMENT.idempotencyTableName];
const signingKeyArn = process.env[ENVIRONMENT.signingKeyArn];

export const handler = createHandler({
  userPool: new UserPool(required(ENVIRONMENT.userPoolId, 'AdminPasswordReset')),
  globalSignOut: process.env[ENVIRONMENT.globalSignOut] === 'true',
  idempotentResets: idempotencyTableName === undefined ? undefined : loadIdempotency(idempotencyTableName),
  signer: signingKeyArn === undefined ? undefined : loadSigner(signingKeyArn),
  failWithoutSignature: process.env[ENVIRONMENT.failWithoutSignature] === 'true',
  logger: createLogger(),
  metrics: new ResetMetrics(required('AWS_LAMBDA_FUNCTION_NAME', 'AdminPasswordReset')),
});

/** A bundle of its own, so that functions without the option do not pay for it when they start. */
async function loadIdempotency(tableName: string) {
  const { IdempotentResets } = await import('./idempotency.js');
  return new IdempotentResets(
    tableName,
    Number(required(ENVIRONMENT.idempotencyExpiresAfterSeconds, 'AdminPasswordReset')),
  );
}

/** Likewise. */
async function loadSigner(keyArn: string) {
  const { Signer } = await import('./signing.js');
  return new Signer(keyArn, process.env[ENVIRONMENT.caseInsensitive] === 'true');
}
