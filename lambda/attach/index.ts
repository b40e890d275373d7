import { ATTACH_ENVIRONMENT } from '../../lib/contract/attach';
import { requiredEnvironmentVariable } from '../shared/environment';
import { createLogger } from '../shared/logger';
import { createHandler } from './handler';

export const handler = createHandler({
  urlSuffix: requiredEnvironmentVariable(ATTACH_ENVIRONMENT.urlSuffix, 'ResetMessages'),
  logger: createLogger(),
});
