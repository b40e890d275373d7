import { type CognitoIdentityProviderClient, ListUsersCommand } from '@aws-sdk/client-cognito-identity-provider';
import type { Campaign } from '../../../lib/contract/campaign';
import { describeUser, LISTED_ATTRIBUTES } from '../shared/pool-user';
import { RateLimiter } from '../shared/rate-limiter';
import type { SourcePage } from './lister';

/** Pages a second: Cognito allows 30 for the account and Region, and the application lists users too. */
const PAGES_PER_SECOND = 10;

/** The most that ListUsers answers at once. */
const PAGE = 60;

/** Where the next page begins; missing at the first. */
export interface PoolCursor {
  readonly token?: string;
}

/** The users of a pool, page by page. */
export class PoolSource {
  readonly #client: CognitoIdentityProviderClient;
  readonly #rate = new RateLimiter(PAGES_PER_SECOND);

  constructor(client: CognitoIdentityProviderClient) {
    this.#client = client;
  }

  async next(campaign: Campaign, { token }: PoolCursor): Promise<SourcePage<PoolCursor>> {
    await this.#rate.turn();
    const { Users = [], PaginationToken } = await this.#client.send(
      new ListUsersCommand({
        UserPoolId: campaign.userPoolId,
        AttributesToGet: LISTED_ATTRIBUTES,
        Limit: PAGE,
        PaginationToken: token,
      }),
    );
    return {
      lines: Users.flatMap((user) => describeUser(user, user.Attributes) ?? []),
      cursor: { token: PaginationToken },
      done: PaginationToken === undefined,
    };
  }
}
