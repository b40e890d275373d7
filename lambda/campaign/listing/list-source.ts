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
import { mapConcurrently } from '../shared/map-concurrently';
import { describeUser, type PoolUser } from '../shared/pool-user';
import { RateLimiter } from '../shared/rate-limiter';
import { explainsLine } from './explains-line';
import { type ListFormat, type NamedUser, readCsvHeader, readNamedUser } from './list-format';
import type { SourcePage } from './lister';

/** How many users are looked up in a second. Cognito allows 120, for all user pools of an account in a Region. */
const USERS_PER_SECOND = 40;

/** How many lines of the list are processed at once. */
const LINES_PER_PAGE = 100;
const MAX_CONCURRENT_CALLS = 10;

/** Where the next line of the list begins. */
export interface ListCursor {
  /** In bytes. */
  readonly offset: number;
  /** How many lines were read before. */
  readonly line: number;
  /** Missing until the header of a CSV list was read. */
  readonly format?: ListFormat;
  /** The ETag of the list when it was first read. */
  readonly version?: string;
}

interface NumberedUser {
  readonly line: number;
  /** Undefined when the line is malformed. */
  readonly user: NamedUser | undefined;
}

/** Reads the users of a list in the bucket, page by page, and looks each of them up in the user pool. */
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

  async readPage(campaign: Campaign, cursor: ListCursor): Promise<SourcePage<ListCursor>> {
    const { users, ...rest } = await this.#readLines(campaign.list ?? '', cursor);
    const lines = await mapConcurrently(users, MAX_CONCURRENT_CALLS, (user) =>
      this.#lookUp(campaign, user, rest.cursor.version),
    );
    return { lines, ...rest };
  }

  async #readLines(key: string, cursor: ListCursor) {
    const users: NumberedUser[] = [];
    let { offset, line, version, format = key.endsWith('.csv') ? undefined : ({ kind: 'JSONL' } as const) } = cursor;
    let done = true;
    try {
      for await (const read of this.#bucket.lines(key, offset, version, (found) => {
        version = found;
      })) {
        if (users.length === LINES_PER_PAGE) {
          done = false;
          break;
        }
        line += 1;
        offset = read.end;
        if (format === undefined) {
          format = readCsvHeader(read.text);
          if (format === undefined)
            throw campaignRefused([
              'list: got a first line without the column username, expected a header: add it to the list',
            ]);
          continue;
        }
        const user = readNamedUser(read, format);
        if (user !== null) users.push({ line, user });
      }
    } catch (error) {
      throw asListProblem(error);
    }
    return { users, cursor: { offset, line, version, format }, done };
  }

  /** @param version of the list: duplicates are found among the lines of one version */
  async #lookUp(
    { campaignId, run, userPoolId }: Campaign,
    { line, user: named }: NumberedUser,
    version: string | undefined,
  ): Promise<PoolUser | { line: number; skip: LineReason }> {
    if (named === undefined) return { line, skip: 'MALFORMED' };
    await this.#rate.waitForTurn();
    try {
      const { UserAttributes, UserMFASettingList, ...user } = await this.#client.send(
        new AdminGetUserCommand({ UserPoolId: userPoolId, Username: named.username }),
      );
      const found = describeUser(user, UserAttributes, UserMFASettingList);
      if (found === undefined) return { line, skip: 'USER_NOT_FOUND' };
      if (!explainsLine(user.Username, UserAttributes, named)) return { line, skip: 'MISMATCH' };
      const first = await this.#ledger.isFirstLineOfUser(campaignId, `${run} ${version}`, found.sub, line);
      return first ? found : { line, skip: 'DUPLICATE' };
    } catch (error) {
      if (error instanceof UserNotFoundException) return { line, skip: 'USER_NOT_FOUND' };
      // Cognito has rules for user names beyond the documented pattern.
      if (error instanceof InvalidParameterException) return { line, skip: 'MALFORMED' };
      throw error;
    }
  }
}

/** A problem with the list itself ends the campaign run, because a retry would meet it again. */
function asListProblem(error: unknown): unknown {
  switch ((error as Error).name) {
    // S3 reveals a missing object only to callers with s3:ListBucket, which this function lacks.
    case 'NoSuchKey':
    case 'AccessDenied':
      return campaignRefused([
        'list: got a key that is not in the bucket or cannot be read, expected the key of an object: upload the list, or correct the key',
      ]);
    case 'PreconditionFailed':
      return campaignRefused([
        'list: got a list that changed while it was read, expected an unchanged object: start again',
      ]);
    default:
      return error;
  }
}
