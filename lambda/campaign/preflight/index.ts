import { CAMPAIGN_ENVIRONMENT } from '../../../lib/contract/campaign';
import { MESSAGES_ENVIRONMENT } from '../../../lib/contract/messages';
import { RESET_ENVIRONMENT } from '../../../lib/contract/reset';
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
import type { ExpectedMessages } from './user-pool-checks';

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
  expectedMessages: expectedMessagesFromEnvironment(),
  maxUsers: maxUsersFromEnvironment(),
  maxResetsPerSecond: Number(requiredSetting(CAMPAIGN_ENVIRONMENT.maxResetsPerSecond)),
  requireListDigest: process.env[CAMPAIGN_ENVIRONMENT.requireListDigest] === 'true',
  logger: createLogger(),
});

function expectedMessagesFromEnvironment(): ExpectedMessages | undefined {
  const { env } = process;
  const customMessageTriggerArn = env[CAMPAIGN_ENVIRONMENT.customMessageTriggerArn];
  return customMessageTriggerArn === undefined
    ? undefined
    : {
        customMessageTriggerArn,
        sendsThroughSes: env[MESSAGES_ENVIRONMENT.customEmail] === 'true',
        caseInsensitive: env[RESET_ENVIRONMENT.caseInsensitive] === 'true',
      };
}
