import { CAMPAIGN_ENVIRONMENT } from '../../../lib/contract/campaign';
import { createLogger } from '../../shared/logger';
import {
  bucketFromEnvironment,
  ledgerFromEnvironment,
  maxUsersFromEnvironment,
  requiredSetting,
  userPoolIdFromEnvironment,
} from '../shared/from-environment';
import { createUserPoolReader } from '../shared/user-pool-reader';
import { createHandler } from './handler';
import { ListSource } from './list-source';
import { Lister } from './lister';
import { PoolSource } from './pool-source';

const client = createUserPoolReader(userPoolIdFromEnvironment());
const bucket = bucketFromEnvironment();
const ledger = ledgerFromEnvironment();

export const handler = createHandler({
  lister: new Lister(
    bucket,
    ledger,
    maxUsersFromEnvironment(),
    Number(requiredSetting(CAMPAIGN_ENVIRONMENT.batchSize)),
  ),
  pool: new PoolSource(client),
  list: new ListSource(client, bucket, ledger),
  logger: createLogger(),
});
