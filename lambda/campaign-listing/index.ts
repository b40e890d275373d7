import { CAMPAIGN_ENVIRONMENT } from '../../lib/campaign-contract';
import { ENVIRONMENT } from '../../lib/contract';
import { Bucket } from '../campaign/bucket';
import { createReader } from '../campaign/cognito';
import { Ledger } from '../campaign/ledger';
import { required } from '../environment';
import { createLogger } from '../log';
import { createHandler } from './handler';
import { ListLines } from './list';
import { Lister } from './listing';
import { PoolPages } from './pool';

const CONSTRUCT = 'BulkPasswordReset';
const client = createReader(required(ENVIRONMENT.userPoolId, CONSTRUCT));
const bucket = new Bucket(required(CAMPAIGN_ENVIRONMENT.bucketName, CONSTRUCT));
const ledger = new Ledger(
  required(CAMPAIGN_ENVIRONMENT.ledgerTableName, CONSTRUCT),
  Number(required(CAMPAIGN_ENVIRONMENT.expiresAfterSeconds, CONSTRUCT)),
);
const maxUsers = Number(process.env[CAMPAIGN_ENVIRONMENT.maxUsers] ?? Number.POSITIVE_INFINITY);

export const handler = createHandler({
  lister: new Lister(bucket, ledger, maxUsers),
  pool: new PoolPages(client),
  list: new ListLines(client, bucket, ledger),
  logger: createLogger(),
});
