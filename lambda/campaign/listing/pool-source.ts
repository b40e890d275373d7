import {
  type CognitoIdentityProviderClient,
  InvalidParameterException,
  ListUsersCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import type { Campaign } from '../../../lib/contract/campaign';
import { campaignRefused } from '../shared/campaign-error';
import { describeUser } from '../shared/pool-user';
import { RateLimiter } from '../shared/rate-limiter';
import type { SourcePage } from './lister';

/** How many pages are read in a second. Cognito allows 30, for the account and Region, and the application lists too. */
const PAGES_PER_SECOND = 10;

/** The most users that ListUsers returns at once. */
const USERS_PER_PAGE = 60;

/** Where the next page begins. The first page has no token. */
export interface PoolCursor {
  readonly token?: string;
}

/** Reads the users of the user pool, page by page. */
export class PoolSource {
  readonly #client: CognitoIdentityProviderClient;
  readonly #rate = new RateLimiter(PAGES_PER_SECOND);

  constructor(client: CognitoIdentityProviderClient) {
    this.#client = client;
  }

  async readPage(campaign: Campaign, { token }: PoolCursor): Promise<SourcePage<PoolCursor>> {
    await this.#rate.waitForTurn();
    // No AttributesToGet: Cognito refuses it when a user has no value for one of them. describeUser drops the rest.
    const page = new ListUsersCommand({
      UserPoolId: campaign.userPoolId,
      Limit: USERS_PER_PAGE,
      PaginationToken: token,
    });
    const { Users = [], PaginationToken } = await this.#client.send(page).catch((error: unknown) => {
      throw token === undefined ? error : asTokenProblem(error);
    });
    return {
      lines: Users.flatMap((user) => describeUser(user, user.Attributes) ?? []),
      cursor: { token: PaginationToken },
      done: PaginationToken === undefined,
      list: null,
    };
  }
}

/**
 * A refused token ends the campaign run, because a retry would be refused as well. AWS does not document how long a token
 * is valid: after a redrive it may be hours old.
 */
function asTokenProblem(error: unknown): unknown {
  if (!(error instanceof InvalidParameterException)) return error;
  return campaignRefused([
    'the listing: got a refusal of the place where it stopped, expected that Cognito goes on from there: start the campaign again with the same input, because a redrive would be refused again',
  ]);
}
