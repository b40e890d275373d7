import { ENVIRONMENT } from '../../lib/contract';
import { createLogger } from '../log';
import { checkDirectPath } from './direct';
import { createHandler } from './handler';
import { checkSns } from './sns';

const { env } = process;
const region = required(ENVIRONMENT.smsRegion);
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
            optOutListName: required(ENVIRONMENT.optOutListName),
            membersKnown: env[ENVIRONMENT.poolMembersKnown] === 'true',
          }),
      }),
});

function required(name: string): string {
  const value = env[name];
  if (value === undefined || value === '') {
    throw new Error(`the environment variable ${name} is missing: deploy the function with SmsReadiness`);
  }
  return value;
}
