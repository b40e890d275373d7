import { type CognitoIdentityProviderClient, ListUsersCommand } from '@aws-sdk/client-cognito-identity-provider';
import type { Campaign } from '../../lib/campaign-contract';
import { Rate } from '../campaign/rate';
import { describe, LISTED_ATTRIBUTES } from '../campaign/user';
import type { Found } from './listing';

/** Pages a second: Cognito allows 30 for the account and Region, and the application lists users too. */
const PAGES_PER_SECOND = 10;

/** The most that ListUsers answers at once. */
const PAGE = 60;

/** Where the next page begins; missing at the first. */
export interface PoolCursor {
  readonly token?: string;
}

/** The users of a pool, page by page. */
export class PoolPages {
  readonly #client: CognitoIdentityProviderClient;
  readonly #rate = new Rate(PAGES_PER_SECOND);

  constructor(client: CognitoIdentityProviderClient) {
    this.#client = client;
  }

  async next(campaign: Campaign, { token }: PoolCursor): Promise<Found<PoolCursor>> {
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
      lines: Users.flatMap((user) => describe(user, user.Attributes) ?? []),
      cursor: { token: PaginationToken },
      done: PaginationToken === undefined,
    };
  }
}
