import { CAMPAIGN_ENVIRONMENT } from '../../lib/campaign-contract';
import { ENVIRONMENT } from '../../lib/contract';
import { Ledger } from '../campaign/ledger';
import { required } from '../environment';
import { createLogger } from '../log';
import { UserPool } from '../reset/cognito';
import { Signer } from '../reset/signing';
import { CampaignMetrics } from './campaign-metrics';
import { createHandler } from './handler';

const CONSTRUCT = 'BulkPasswordReset';
const signingKeyArn = process.env[ENVIRONMENT.signingKeyArn];

export const handler = createHandler({
  userPool: new UserPool(required(ENVIRONMENT.userPoolId, CONSTRUCT)),
  ledger: new Ledger(
    required(CAMPAIGN_ENVIRONMENT.ledgerTableName, CONSTRUCT),
    Number(required(CAMPAIGN_ENVIRONMENT.expiresAfterSeconds, CONSTRUCT)),
  ),
  pace: {
    callsPerSecond: Number(required(CAMPAIGN_ENVIRONMENT.maxResetsPerSecond, CONSTRUCT)),
    workers: Number(required(CAMPAIGN_ENVIRONMENT.maxWorkers, CONSTRUCT)),
  },
  signer:
    signingKeyArn === undefined
      ? undefined
      : new Signer(signingKeyArn, process.env[ENVIRONMENT.caseInsensitive] === 'true'),
  failWithoutSignature: process.env[ENVIRONMENT.failWithoutSignature] === 'true',
  globalSignOut: process.env[ENVIRONMENT.globalSignOut] === 'true',
  logger: createLogger(),
  metrics: new CampaignMetrics(required('AWS_LAMBDA_FUNCTION_NAME', CONSTRUCT)),
});
