import { CAMPAIGN_ENVIRONMENT } from '../../../lib/contract/campaign';
import { RESET_ENVIRONMENT } from '../../../lib/contract/reset';
import { required } from '../../shared/environment';
import { Bucket } from './bucket';
import { Ledger } from './ledger';

/** An environment variable that BulkPasswordReset sets. */
export const setting = (name: string) => required(name, 'BulkPasswordReset');

export const userPoolIdFromEnvironment = () => setting(RESET_ENVIRONMENT.userPoolId);

export const bucketFromEnvironment = () => new Bucket(setting(CAMPAIGN_ENVIRONMENT.bucketName));

export function ledgerFromEnvironment(): Ledger {
  return new Ledger(
    setting(CAMPAIGN_ENVIRONMENT.ledgerTableName),
    Number(setting(CAMPAIGN_ENVIRONMENT.expiresAfterSeconds)),
  );
}

/** The most users that a campaign may reset, whatever is confirmed. */
export const maxUsersFromEnvironment = () =>
  Number(process.env[CAMPAIGN_ENVIRONMENT.maxUsers] ?? Number.POSITIVE_INFINITY);
