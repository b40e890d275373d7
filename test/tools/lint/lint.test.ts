import { EXPLAINED } from '../../../tools/lint/explained';
import { type Finding, judge } from '../../../tools/lint/findings';

const finding = (rule: string, message: string): Finding => ({
  rule,
  level: rule.startsWith('E') ? 'Error' : 'Warning',
  message,
  template: 'Stack.template.json',
});

const USER_POOL = finding('E3006', "Resource type 'AWS::Cognito::UserPool' does not exist in 'cn-north-1'");
const OTHER_REGION = finding('E3006', "Resource type 'AWS::Cognito::UserPool' does not exist in 'us-gov-west-1'");

test('a finding is explained only by its rule and message, and an explanation without a finding is unused', () => {
  const anotherRule = finding('E3003', USER_POOL.message);
  const { unexplained, unused, counts } = judge([USER_POOL, USER_POOL, anotherRule, OTHER_REGION], EXPLAINED);

  expect(unexplained).toEqual([anotherRule, OTHER_REGION]);
  expect([...counts.values()]).toEqual([2]);
  expect(unused).toHaveLength(EXPLAINED.length - 1);
});

test('the only errors of cfn-lint that are explained are services that AWS does not have in a Region', () => {
  const errors = EXPLAINED.filter(({ rule }) => !rule.startsWith('W'));

  expect(errors.map(({ rule, message }) => [rule, /does not exist in 'cn-north-1'\$$/.test(message.source)])).toEqual(
    errors.map(() => ['E3006', true]),
  );
});

test.each(EXPLAINED)('the explanation of $rule $message matches whole messages', ({ message }) => {
  expect(message.source).toMatch(/^\^.*\$$/);
});
