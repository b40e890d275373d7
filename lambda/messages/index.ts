import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Logger } from '@aws-lambda-powertools/logger';
import { CATALOG_FILE, type Catalog, ENVIRONMENT } from '../../lib/contract';
import { createLogger } from '../log';
import { createHandler } from './handler';
import { Verifier } from './verify';

/** Stands for a catalog that cannot be read: all messages are left to Cognito. */
const EMPTY_CATALOG: Catalog = { defaultLocale: 'en', attributes: {}, metadata: {}, templates: {} };

const { env } = process;
const keyArns = [env[ENVIRONMENT.signingKeyArn], env[ENVIRONMENT.previousSigningKeyArn]];
const nextFunctionArn = env[ENVIRONMENT.nextFunctionArn];
const logger = createLogger();

export const handler = createHandler({
  catalog: readCatalog(logger),
  verifier: new Verifier(
    keyArns.filter((arn) => arn !== undefined),
    env[ENVIRONMENT.caseInsensitive] === 'true',
  ),
  customEmail: env[ENVIRONMENT.customEmail] === 'true',
  next: nextFunctionArn === undefined ? undefined : loadNext(nextFunctionArn),
  logger,
});

function readCatalog(logger: Logger): Catalog {
  try {
    return JSON.parse(readFileSync(join(__dirname, CATALOG_FILE), 'utf8'));
  } catch {
    logger.error(`${CATALOG_FILE} cannot be read: all messages are left to Cognito`);
    return EMPTY_CATALOG;
  }
}

/** A bundle of its own, so that functions without the option do not pay for it when they start. */
async function loadNext(functionArn: string) {
  const { NextFunction } = await import('./next.js');
  return new NextFunction(functionArn);
}
