import { SMS_READINESS_ENVIRONMENT } from '../../lib/contract/sms';
import { requiredEnvironmentVariable } from '../shared/environment';
import { createLogger } from '../shared/logger';
import { checkDirectPath } from './direct';
import { createHandler } from './handler';
import { checkSns } from './sns';

const { env } = process;
const region = requiredEnvironmentVariable(SMS_READINESS_ENVIRONMENT.smsRegion, 'SmsReadiness');
const identityArn = env[SMS_READINESS_ENVIRONMENT.originationIdentityArn];

export const handler = createHandler({
  region,
  logger: createLogger(),
  ...(identityArn === undefined
    ? { path: 'SNS', runChecks: () => checkSns(region) }
    : {
        path: 'END_USER_MESSAGING',
        runChecks: () =>
          checkDirectPath({
            region,
            identityArn,
            optOutListName: requiredEnvironmentVariable(SMS_READINESS_ENVIRONMENT.optOutListName, 'SmsReadiness'),
            canDescribeMembers: env[SMS_READINESS_ENVIRONMENT.poolMembersKnown] === 'true',
          }),
      }),
});
