import { ServiceError } from '../../model';
import { countsTowardsRate } from './assumptions';

/**
 * The limits are requests per second, per account and Region.
 *
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/quotas.html
 */
const CATEGORIES = {
  UserAccountRecovery: {
    limit: 30,
    operations: [
      'AdminResetUserPassword',
      'AdminSetUserPassword',
      'ChangePassword',
      'ConfirmForgotPassword',
      'ForgotPassword',
    ],
  },
  UserUpdate: { limit: 25, operations: ['AdminUserGlobalSignOut'] },
  UserList: { limit: 30, operations: ['ListUsers'] },
  UserRead: { limit: 120, operations: ['AdminGetUser'] },
  UserPoolRead: { limit: 15, operations: ['DescribeUserPool', 'GetUserPoolMfaConfig'] },
  UserPoolUpdate: { limit: 15, operations: ['UpdateUserPool'] },
} as const;

type Category = keyof typeof CATEGORIES;

const categoryOf = new Map<string, Category>(
  Object.entries(CATEGORIES).flatMap(([category, { operations }]) =>
    operations.map((operation) => [operation, category as Category] as const),
  ),
);

/** Cognito's request rate quotas: a category accepts at most its limit within any 1,000 ms. */
export class RequestRateQuotas {
  readonly #requests = new Map<Category, number[]>();
  readonly #now: () => Date;

  constructor(now: () => Date) {
    this.#now = now;
  }

  /** Counts a request, or throws TooManyRequestsException when it exceeds the quota of its category. */
  countRequest(operation: string): void {
    const category = categoryOf.get(operation);
    if (category === undefined) return;
    const time = this.#now().getTime();
    const recent = (this.#requests.get(category) ?? []).filter((earlier) => earlier > time - 1000);
    const accepted = recent.length < CATEGORIES[category].limit;
    if (countsTowardsRate({ accepted })) recent.push(time);
    this.#requests.set(category, recent);
    if (!accepted) throw new ServiceError('TooManyRequestsException', 'Rate exceeded');
  }
}
