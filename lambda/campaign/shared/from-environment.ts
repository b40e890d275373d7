import { CAMPAIGN_ENVIRONMENT } from '../../../lib/contract/campaign';
import { RESET_ENVIRONMENT } from '../../../lib/contract/reset';
import { requiredEnvironmentVariable } from '../../shared/environment';
import { Bucket } from './bucket';
import { Ledger } from './ledger';

/** An environment variable that BulkPasswordReset sets on the function. */
export function requiredSetting(name: string): string {
  return requiredEnvironmentVariable(name, 'BulkPasswordReset');
}

export function userPoolIdFromEnvironment(): string {
  return requiredSetting(RESET_ENVIRONMENT.userPoolId);
}

export function bucketFromEnvironment(): Bucket {
  return new Bucket(requiredSetting(CAMPAIGN_ENVIRONMENT.bucketName));
}

export function ledgerFromEnvironment(): Ledger {
  const tableName = requiredSetting(CAMPAIGN_ENVIRONMENT.ledgerTableName);
  const expiresAfterSeconds = Number(requiredSetting(CAMPAIGN_ENVIRONMENT.expiresAfterSeconds));
  return new Ledger(tableName, expiresAfterSeconds);
}

/** The most users that a campaign run may reset, however many the input confirms. Infinity when there is no limit. */
export function maxUsersFromEnvironment(): number {
  return Number(process.env[CAMPAIGN_ENVIRONMENT.maxUsers] ?? Number.POSITIVE_INFINITY);
}
