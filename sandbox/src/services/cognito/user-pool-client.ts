import type { AppClient } from 'cognito-local/lib/services/appClient';
import type { AppClientDefinition } from '../../model';
import { type IndexedUserPool, stringList } from './indexed-user-pool';

const MILLISECONDS_PER_UNIT: Readonly<Record<string, number>> = {
  seconds: 1000,
  minutes: 60_000,
  hours: 3_600_000,
  days: 86_400_000,
};

/** Cognito's default lifetime of each kind of token. */
const DEFAULT_VALIDITY = {
  AccessToken: { duration: 1, unit: 'hours' },
  IdToken: { duration: 1, unit: 'hours' },
  RefreshToken: { duration: 30, unit: 'days' },
} as const;

type TokenKind = keyof typeof DEFAULT_VALIDITY;

/** An app client and its user pool. */
export class UserPoolClient {
  readonly pool: IndexedUserPool;
  readonly clientId: string;
  readonly #definition: AppClientDefinition;

  constructor(pool: IndexedUserPool, definition: AppClientDefinition) {
    this.pool = pool;
    this.clientId = definition.clientId;
    this.#definition = definition;
  }

  /** AWS's default is `LEGACY`, which does not prevent them, except for app clients created in its console. */
  get preventsUserExistenceErrors(): boolean {
    return this.#definition.properties.PreventUserExistenceErrors === 'ENABLED';
  }

  /** Whether the client allows one of these flows. */
  allowsAuthFlow(...flows: readonly string[]): boolean {
    const allowed = stringList(this.#definition.properties.ExplicitAuthFlows ?? ['ALLOW_REFRESH_TOKEN_AUTH']);
    return flows.some((flow) => allowed.includes(flow));
  }

  /** In milliseconds. */
  tokenLifetime(kind: TokenKind): number {
    const { duration, unit } = this.#validity(kind);
    return duration * MILLISECONDS_PER_UNIT[unit];
  }

  /** How long a user has to respond to a challenge, in milliseconds. */
  get authSessionLifetime(): number {
    return (
      ((this.#definition.properties.AuthSessionValidity as number | undefined) ?? 3) * MILLISECONDS_PER_UNIT.minutes
    );
  }

  /** The app client as `cognito-local` stores it. */
  toAppClient(created: Date): AppClient {
    const validity = {
      AccessToken: this.#validity('AccessToken'),
      IdToken: this.#validity('IdToken'),
      RefreshToken: this.#validity('RefreshToken'),
    };
    return {
      ...this.#definition.properties,
      UserPoolId: this.pool.definition.userPoolId,
      ClientId: this.clientId,
      ClientName: this.#definition.clientName,
      CreationDate: created,
      LastModifiedDate: created,
      AccessTokenValidity: validity.AccessToken.duration,
      IdTokenValidity: validity.IdToken.duration,
      RefreshTokenValidity: validity.RefreshToken.duration,
      TokenValidityUnits: {
        AccessToken: validity.AccessToken.unit,
        IdToken: validity.IdToken.unit,
        RefreshToken: validity.RefreshToken.unit,
      },
    };
  }

  #validity(kind: TokenKind): { duration: number; unit: string } {
    const { properties } = this.#definition;
    const duration = properties[`${kind}Validity`] as number | undefined;
    if (duration === undefined) return DEFAULT_VALIDITY[kind];
    const units = properties.TokenValidityUnits as Partial<Record<TokenKind, string>> | undefined;
    return { duration, unit: units?.[kind] ?? DEFAULT_VALIDITY[kind].unit };
  }
}
