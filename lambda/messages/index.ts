import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Logger } from '@aws-lambda-powertools/logger';
import { CATALOG_FILE, type Catalog, MAX_USERNAME_CHARACTERS, MESSAGES_ENVIRONMENT } from '../../lib/contract/messages';
import { RESET_ENVIRONMENT } from '../../lib/contract/reset';
import { requiredEnvironmentVariable } from '../shared/environment';
import { createLogger } from '../shared/logger';
import { createHandler } from './handler';
import { MessagesMetrics } from './messages-metrics';
import { Verifier } from './verifier';

/** Used when the catalog cannot be read: Cognito then sends its default messages. */
const EMPTY_CATALOG: Catalog = {
  defaultLocale: 'en',
  attributes: {},
  metadata: {},
  maxUsernameLength: MAX_USERNAME_CHARACTERS,
  templates: {},
};

const { env } = process;
const keyArns = [env[RESET_ENVIRONMENT.signingKeyArn], env[MESSAGES_ENVIRONMENT.previousSigningKeyArn]];
const usedSignaturesTable = env[MESSAGES_ENVIRONMENT.usedSignaturesTableName];
const nextFunctionArn = env[MESSAGES_ENVIRONMENT.nextFunctionArn];
const logger = createLogger();

export const handler = createHandler({
  catalog: readCatalog(logger),
  verifier: new Verifier(
    keyArns.filter((arn) => arn !== undefined),
    env[RESET_ENVIRONMENT.caseInsensitive] === 'true',
    usedSignaturesTable === undefined ? undefined : loadUsedSignatures(usedSignaturesTable),
  ),
  customEmail: env[MESSAGES_ENVIRONMENT.customEmail] === 'true',
  next: nextFunctionArn === undefined ? undefined : loadNext(nextFunctionArn),
  logger,
  metrics: new MessagesMetrics(requiredEnvironmentVariable('AWS_LAMBDA_FUNCTION_NAME', 'ResetMessages')),
});

function readCatalog(logger: Logger): Catalog {
  try {
    return JSON.parse(readFileSync(join(__dirname, CATALOG_FILE), 'utf8'));
  } catch {
    logger.error(`${CATALOG_FILE} cannot be read: Cognito sends its default messages`);
    return EMPTY_CATALOG;
  }
}

// The code of each option is in a bundle of its own, so that functions without the option start faster.

async function loadUsedSignatures(tableName: string) {
  const { UsedSignatures } = await import('./used-signatures.js');
  return new UsedSignatures(tableName);
}

async function loadNext(functionArn: string) {
  const { NextFunction } = await import('./next.js');
  return new NextFunction(functionArn);
}
