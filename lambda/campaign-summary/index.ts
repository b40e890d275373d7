import { CAMPAIGN_ENVIRONMENT } from '../../lib/campaign-contract';
import { ENVIRONMENT } from '../../lib/contract';
import { Bucket } from '../campaign/bucket';
import { createReader } from '../campaign/cognito';
import { Ledger } from '../campaign/ledger';
import { required } from '../environment';
import { createLogger } from '../log';
import { createHandler } from './handler';
import { Summarizer } from './summary';

const CONSTRUCT = 'BulkPasswordReset';

export const handler = createHandler({
  summarizer: new Summarizer(
    createReader(required(ENVIRONMENT.userPoolId, CONSTRUCT)),
    new Bucket(required(CAMPAIGN_ENVIRONMENT.bucketName, CONSTRUCT)),
    new Ledger(
      required(CAMPAIGN_ENVIRONMENT.ledgerTableName, CONSTRUCT),
      Number(required(CAMPAIGN_ENVIRONMENT.expiresAfterSeconds, CONSTRUCT)),
    ),
  ),
  logger: createLogger(),
});
