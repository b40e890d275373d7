import { CAMPAIGN_ENVIRONMENT } from '../../../lib/contract/campaign';
import { RESET_ENVIRONMENT } from '../../../lib/contract/reset';
import { createLogger } from '../../shared/logger';
import { Signer } from '../../shared/signing/signer';
import { UserPool } from '../../shared/user-pool';
import {
  bucketFromEnvironment,
  ledgerFromEnvironment,
  requiredSetting,
  userPoolIdFromEnvironment,
} from '../shared/from-environment';
import { createUserPoolReader } from '../shared/user-pool-reader';
import { CampaignMetrics } from './campaign-metrics';
import { Confirmation } from './confirmation';
import { createHandler } from './handler';

const signingKeyArn = process.env[RESET_ENVIRONMENT.signingKeyArn];

const userPoolId = userPoolIdFromEnvironment();
const workers = Number(requiredSetting(CAMPAIGN_ENVIRONMENT.maxWorkers));

export const handler = createHandler({
  bucket: bucketFromEnvironment(),
  userPool: new UserPool(userPoolId),
  confirmation: new Confirmation({ client: createUserPoolReader(userPoolId), userPoolId, workers }),
  ledger: ledgerFromEnvironment(),
  pace: {
    callsPerSecond: Number(requiredSetting(CAMPAIGN_ENVIRONMENT.maxResetsPerSecond)),
    workers,
  },
  signer:
    signingKeyArn === undefined
      ? undefined
      : new Signer(signingKeyArn, process.env[RESET_ENVIRONMENT.caseInsensitive] === 'true'),
  failWithoutSignature: process.env[RESET_ENVIRONMENT.failWithoutSignature] === 'true',
  globalSignOut: process.env[RESET_ENVIRONMENT.globalSignOut] === 'true',
  logger: createLogger(),
  metrics: new CampaignMetrics(requiredSetting('AWS_LAMBDA_FUNCTION_NAME')),
});
