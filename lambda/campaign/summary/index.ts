import { createLogger } from '../../shared/logger';
import { bucketFromEnvironment, ledgerFromEnvironment, userPoolIdFromEnvironment } from '../shared/from-environment';
import { createUserPoolReader } from '../shared/user-pool-reader';
import { createHandler } from './handler';
import { Summarizer } from './summarizer';

export const handler = createHandler({
  summarizer: new Summarizer(
    createUserPoolReader(userPoolIdFromEnvironment()),
    bucketFromEnvironment(),
    ledgerFromEnvironment(),
  ),
  logger: createLogger(),
});
