import { ResetError } from '../../../lambda/shared/reset-error';
import { ResetErrors } from '../../../lib';
import { RESET_ERROR_NAMES } from '../../../lib/contract/reset';
import { page } from '../../support/pages';

const UNKNOWN = new ResetError('ConcurrentModificationException').message;

// The text of an invalid request is the rule that it breaks. A 5xx of Cognito gets the name ResetOutcomeUnknownError.
const WITHOUT_FIXED_TEXT: readonly string[] = [RESET_ERROR_NAMES.invalidRequest, 'InternalErrorException'];
const documented = [...page('docs/errors.md').matchAll(/^\| (`[^|]+`) \|/gm)].flatMap(([, names = '']) =>
  [...names.matchAll(/`(\w+)`/g)].map(([, name = '']) => name),
);
const constants = Object.values(ResetErrors as object).filter((value): value is string => typeof value === 'string');
const names = [...new Set([...documented, ...constants])].filter(
  (name) => /(?:Error|Exception)$/.test(name) && !WITHOUT_FIXED_TEXT.includes(name),
);

test('docs/errors.md and ResetErrors name the errors', () => {
  expect(names.length).toBeGreaterThanOrEqual(20);
});

test.each(names)('the text of the error %s says what was wrong', (name) => {
  const { message } = new ResetError(name);

  expect(message).not.toBe(UNKNOWN);
  expect(message.length).toBeGreaterThan(30);
});

test('a code that was not delivered names what to check for SMS messages', () => {
  expect(new ResetError('CodeDeliveryFailureException').message).toBe(
    'Cognito could not deliver the code: check how the user pool sends; for SMS messages, SmsReadiness reports a number ' +
      'that is not active, the SMS sandbox and a spend limit that is used up',
  );
});

test('the text of an error that AWS does not list says where to look it up', () => {
  expect(UNKNOWN).toMatch(/^Cognito refused the request with an error that is not expected .* look up its name in /);
});
