import { type Json, ServiceError } from '../../model';

/**
 * The page of a list that MaxResults and NextToken select.
 *
 * @param largest the largest MaxResults, and its default
 */
export function paginate<T>(
  all: readonly T[],
  input: Json,
  largest = 100,
): { items: T[]; next: { NextToken?: string } } {
  const size = Number(input.MaxResults ?? largest);
  const start = Number(input.NextToken ?? 0);
  if (!Number.isInteger(size) || size < 1 || size > largest || !Number.isInteger(start)) {
    throw new ServiceError('ValidationException', 'MaxResults or NextToken is not valid', {
      fields: { Reason: 'INVALID_PARAMETER' },
    });
  }
  const end = start + size;
  return { items: all.slice(start, end), next: end < all.length ? { NextToken: String(end) } : {} };
}
