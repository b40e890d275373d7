import {
  AdminGetUserCommand,
  type CognitoIdentityProviderClient,
  InvalidParameterException,
  UserNotFoundException,
} from '@aws-sdk/client-cognito-identity-provider';
import type { Campaign, LineReason } from '../../../lib/contract/campaign';
import type { Bucket } from '../shared/bucket';
import { campaignRefused } from '../shared/campaign-error';
import type { Ledger } from '../shared/ledger';
import { describeUser, type PoolUser } from '../shared/pool-user';
import { mapConcurrently, RateLimiter } from '../shared/rate-limiter';
import { type ListFormat, readCsvHeader, readUsername } from './list-format';
import type { SourcePage } from './lister';

/** Users looked up a second: Cognito allows 120 for the account and Region. */
const USERS_PER_SECOND = 40;

/** Lines that are read at once, and calls that are on their way at once. */
const LINES = 100;
const CALLS = 10;

/** Where in the list the next line begins. */
export interface ListCursor {
  readonly offset: number;
  /** How many lines came before. */
  readonly line: number;
  readonly format?: ListFormat;
  /** What the list was when it was first read. */
  readonly version?: string;
}

interface NumberedName {
  readonly line: number;
  readonly name: string | undefined;
}

/** The users of a list in the bucket, some lines at a time, each looked up in the pool. */
export class ListSource {
  readonly #client: CognitoIdentityProviderClient;
  readonly #bucket: Bucket;
  readonly #ledger: Ledger;
  readonly #rate = new RateLimiter(USERS_PER_SECOND);

  constructor(client: CognitoIdentityProviderClient, bucket: Bucket, ledger: Ledger) {
    this.#client = client;
    this.#bucket = bucket;
    this.#ledger = ledger;
  }

  async next(campaign: Campaign, cursor: ListCursor): Promise<SourcePage<ListCursor>> {
    const { names, ...rest } = await this.#read(campaign.list ?? '', cursor);
    const lines = await mapConcurrently(names, CALLS, (name) => this.#find(campaign, name, rest.cursor.version));
    return { lines, ...rest };
  }

  async #read(key: string, cursor: ListCursor) {
    const names: NumberedName[] = [];
    let { offset, line, version, format = key.endsWith('.csv') ? undefined : ({ kind: 'JSONL' } as const) } = cursor;
    let done = true;
    try {
      for await (const read of this.#bucket.lines(key, offset, version, (found) => {
        version = found;
      })) {
        if (names.length === LINES) {
          done = false;
          break;
        }
        line += 1;
        offset = read.end;
        if (format === undefined) {
          format = readCsvHeader(read.text);
          if (format === undefined)
            throw campaignRefused(['list: got a first line without the header username, expected one']);
          continue;
        }
        const name = readUsername(read, format);
        if (name !== null) names.push({ line, name });
      }
    } catch (error) {
      throw explained(error);
    }
    return { names, cursor: { offset, line, version, format }, done };
  }

  /** @param version of the list: the lines of another one say nothing about this one */
  async #find(
    { campaignId, run, userPoolId }: Campaign,
    { line, name }: NumberedName,
    version: string | undefined,
  ): Promise<PoolUser | { line: number; skip: LineReason }> {
    if (name === undefined) return { line, skip: 'MALFORMED' };
    await this.#rate.turn();
    try {
      const { UserAttributes, UserMFASettingList, ...user } = await this.#client.send(
        new AdminGetUserCommand({ UserPoolId: userPoolId, Username: name }),
      );
      const found = describeUser(user, UserAttributes, UserMFASettingList);
      if (found === undefined) return { line, skip: 'USER_NOT_FOUND' };
      const first = await this.#ledger.isFirst(campaignId, `${run} ${version}`, found.sub, line);
      return first ? found : { line, skip: 'DUPLICATE' };
    } catch (error) {
      if (error instanceof UserNotFoundException) return { line, skip: 'USER_NOT_FOUND' };
      // Cognito knows rules for names that it does not tell.
      if (error instanceof InvalidParameterException) return { line, skip: 'MALFORMED' };
      throw error;
    }
  }
}

/** What is wrong with the list itself cannot be mended by trying again. */
function explained(error: unknown): unknown {
  switch ((error as Error).name) {
    // Without the permission to list the bucket, AWS does not tell these two apart.
    case 'NoSuchKey':
    case 'AccessDenied':
      return campaignRefused([
        'list: got a key that is not in the bucket or cannot be read, expected one of an object',
      ]);
    case 'PreconditionFailed':
      return campaignRefused(['list: got a list that changed while it was read, expected one that stays: start again']);
    default:
      return error;
  }
}
