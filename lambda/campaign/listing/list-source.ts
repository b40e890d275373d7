import { createHash } from 'node:crypto';
import {
  AdminGetUserCommand,
  type CognitoIdentityProviderClient,
  InvalidParameterException,
  UserNotFoundException,
} from '@aws-sdk/client-cognito-identity-provider';
import type { Campaign, LineReason, ListDescription } from '../../../lib/contract/campaign';
import type { Bucket, ObjectVersion } from '../shared/bucket';
import { campaignRefused } from '../shared/campaign-error';
import type { Ledger } from '../shared/ledger';
import { describeFormat } from '../shared/list-reading';
import { mapConcurrently } from '../shared/map-concurrently';
import { describeUser, type PoolUser } from '../shared/pool-user';
import { RateLimiter } from '../shared/rate-limiter';
import { explainsLine } from './explains-line';
import type { ListFormat } from './list-format';
import { openList, readRecords } from './list-reader';
import { type ListPosition, type ListRecord, UnreadableListError } from './list-record';
import type { SourcePage } from './lister';

/** How many users are looked up in a second. Cognito allows 120, for all user pools of an account in a Region. */
const USERS_PER_SECOND = 40;

/** How many lines of the list are processed at once. */
const LINES_PER_PAGE = 100;
const MAX_CONCURRENT_CALLS = 10;

/** Where the next record of the list begins. Empty until the list was opened. */
export interface ListCursor {
  readonly list?: OpenedList;
  readonly position?: ListPosition;
}

/** A list that was read once, to tell what it is. */
interface OpenedList {
  /** From here on, every call asks for this very object. */
  readonly version: ObjectVersion;
  readonly format: ListFormat;
  readonly description: ListDescription;
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
    const key = campaign.list ?? '';
    let description: ListDescription | undefined;
    try {
      const { list, position } = await this.#opened(key, campaign.listDigest, cursor);
      ({ description } = list);
      const page = await this.#readRecords(key, list, position);
      const lines = await mapConcurrently(page.records, MAX_CONCURRENT_CALLS, (record) =>
        this.#lookUp(campaign, record, list.version.etag),
      );
      return { lines, cursor: { list, position: page.next }, done: page.done, list: list.description };
    } catch (error) {
      throw asListProblem(error, description);
    }
  }

  /** Opens the list in the first call: reads it once, for its digest and its format. */
  async #opened(key: string, digest: string | null, { list, position }: ListCursor): Promise<Required<ListCursor>> {
    if (list !== undefined && position !== undefined) return { list, position };
    const hash = createHash('sha256');
    let head: Buffer | undefined;
    let version: ObjectVersion = {};
    let length = 0;
    for await (const chunk of this.#bucket.chunks(key, 0)) {
      hash.update(chunk.bytes);
      head ??= chunk.bytes;
      version = chunk.version;
      length += chunk.bytes.length;
    }
    const sha256 = hash.digest('hex');
    if (digest !== null && digest !== sha256) {
      throw campaignRefused([
        'confirm.listDigest: got the digest of another list, expected that of this one: somebody has changed the list, so review it again',
      ]);
    }
    const { encoding, format, begin } = openList(head ?? Buffer.alloc(0), length === (head?.length ?? 0));
    const description: ListDescription = {
      sha256,
      format: format.kind,
      encoding,
      ...(format.kind === 'CSV' && { separator: format.separator, column: format.column }),
    };
    return { list: { version, format, description }, position: begin };
  }

  async #readRecords(key: string, { version, format, description }: OpenedList, from: ListPosition) {
    const records: ListRecord[] = [];
    const { encoding } = description;
    for await (const record of readRecords(this.#bytes(key, from, version), { encoding, format }, from)) {
      records.push(record);
      if (records.length === LINES_PER_PAGE) return { records, next: record.next, done: false };
    }
    return { records, next: records.at(-1)?.next ?? from, done: true };
  }

  async *#bytes(key: string, { offset }: ListPosition, version: ObjectVersion): AsyncGenerator<Buffer> {
    for await (const { bytes } of this.#bucket.chunks(key, offset, version)) yield bytes;
  }

  /** @param etag of the list: duplicates are found among the lines of one version */
  async #lookUp(
    { campaignId, run, userPoolId }: Campaign,
    { number: line, user: named }: ListRecord,
    etag: string | undefined,
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
      const first = await this.#ledger.isFirstLineOfUser(campaignId, `${run} ${etag}`, found.sub, line);
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
function asListProblem(error: unknown, description: ListDescription | undefined): unknown {
  if (error instanceof UnreadableListError) {
    const note = description ? describeFormat(description) : null;
    return campaignRefused([`list: got ${error.found}, expected ${error.expected}`], note);
  }
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
