import { ENVIRONMENT } from '../../lib/contract';
import { required } from '../environment';
import { createLogger } from '../log';
import { checkDirectPath } from './direct';
import { createHandler } from './handler';
import { checkSns } from './sns';

const { env } = process;
const region = required(ENVIRONMENT.smsRegion, 'SmsReadiness');
const identityArn = env[ENVIRONMENT.originationIdentityArn];

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
            optOutListName: required(ENVIRONMENT.optOutListName, 'SmsReadiness'),
            membersKnown: env[ENVIRONMENT.poolMembersKnown] === 'true',
          }),
      }),
});
