import { CAMPAIGN_ENVIRONMENT } from '../../../lib/contract/campaign';
import { createLogger } from '../../shared/logger';
import {
  ledgerFromEnvironment,
  maxUsersFromEnvironment,
  requiredSetting,
  userPoolIdFromEnvironment,
} from '../shared/from-environment';
import { createUserPoolReader } from '../shared/user-pool-reader';
import { createHandler } from './handler';
import { SmsChecks } from './sms-checks';

const userPoolId = userPoolIdFromEnvironment();
const catalogParts = process.env[CAMPAIGN_ENVIRONMENT.smsParts];

export const handler = createHandler({
  client: createUserPoolReader(userPoolId),
  userPoolId,
  ledger: ledgerFromEnvironment(),
  sms: new SmsChecks({
    functionArn: process.env[CAMPAIGN_ENVIRONMENT.smsReadinessFunctionArn],
    price: Number(requiredSetting(CAMPAIGN_ENVIRONMENT.smsPrice)),
    resetsPerSecond: Number(requiredSetting(CAMPAIGN_ENVIRONMENT.maxResetsPerSecond)),
    catalogParts: catalogParts === undefined ? undefined : Number(catalogParts),
  }),
  maxUsers: maxUsersFromEnvironment(),
  requireListDigest: process.env[CAMPAIGN_ENVIRONMENT.requireListDigest] === 'true',
  logger: createLogger(),
});
