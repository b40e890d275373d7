import { CAMPAIGN_ENVIRONMENT } from '../../lib/campaign-contract';
import { ENVIRONMENT } from '../../lib/contract';
import { createReader } from '../campaign/cognito';
import { Ledger } from '../campaign/ledger';
import { required } from '../environment';
import { createLogger } from '../log';
import { createHandler } from './handler';
import { SmsChecks } from './sms';

const CONSTRUCT = 'BulkPasswordReset';
const userPoolId = required(ENVIRONMENT.userPoolId, CONSTRUCT);

export const handler = createHandler({
  client: createReader(userPoolId),
  userPoolId,
  ledger: new Ledger(
    required(CAMPAIGN_ENVIRONMENT.ledgerTableName, CONSTRUCT),
    Number(required(CAMPAIGN_ENVIRONMENT.expiresAfterSeconds, CONSTRUCT)),
  ),
  sms: new SmsChecks(
    process.env[CAMPAIGN_ENVIRONMENT.smsReadinessFunctionArn],
    Number(required(CAMPAIGN_ENVIRONMENT.smsPrice, CONSTRUCT)),
  ),
  maxUsers: Number(process.env[CAMPAIGN_ENVIRONMENT.maxUsers] ?? Number.POSITIVE_INFINITY),
  logger: createLogger(),
});
