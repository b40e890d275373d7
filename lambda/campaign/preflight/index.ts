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

export const handler = createHandler({
  client: createUserPoolReader(userPoolId),
  userPoolId,
  ledger: ledgerFromEnvironment(),
  sms: new SmsChecks(
    process.env[CAMPAIGN_ENVIRONMENT.smsReadinessFunctionArn],
    Number(requiredSetting(CAMPAIGN_ENVIRONMENT.smsPrice)),
  ),
  maxUsers: maxUsersFromEnvironment(),
  maxResetsPerSecond: Number(requiredSetting(CAMPAIGN_ENVIRONMENT.maxResetsPerSecond)),
  requireListDigest: process.env[CAMPAIGN_ENVIRONMENT.requireListDigest] === 'true',
  logger: createLogger(),
});
