import type { Fault } from 'cloud-assembly-sandbox';
import { RESERVED_METADATA_KEY } from '../../../lib/contract/reset';
import { DeployedMessages } from '../../support/deployed-messages';
import { endsBefore, metricsIn } from '../../support/deployment';

const ALWAYS = { times: Number.POSITIVE_INFINITY };

let deployed: DeployedMessages;
let users = 0;
/** A new user for each test, because Cognito limits the requests of a user. */
let user: string;

beforeAll(async () => {
  deployed = await DeployedMessages.start({ singleUse: true });
});
beforeEach(async () => {
  deployed.sandbox.faults.clear();
  deployed.output.splice(0);
  users += 1;
  user = `user-${users}`;
  await deployed.addUser(user);
});
afterAll(() => deployed.stop());

test('a reset by the reset function gets the template that it asks for', async () => {
  await deployed.reset(user, { template: 'breach' });

  expect(deployed.lastMessage?.subject).toBe('breach en');
  expect(deployed.reasons).toEqual([]);
});

// Cognito invokes a trigger that is slow, or whose response is lost, up to three times with the same event.
test('a signature counts three times within 20 seconds, and later not at all', async () => {
  const metadata = await deployed.signed(user, { template: 'breach' });
  const subjects: unknown[] = [];
  for (const _ of [1, 2, 3]) {
    await deployed.forgotPassword(user, metadata);
    subjects.push(deployed.lastMessage?.subject);
  }
  expect(subjects).toEqual(['breach en', 'breach en', 'breach en']);

  await deployed.moveUses(25_000);
  await deployed.forgotPassword(user, metadata);

  expect(deployed.lastMessage?.subject).toBe('self en');
  expect(deployed.reasons).toEqual(['SignatureUsed']);
  expect(metricsIn(deployed.logged)).toContainEqual({
    dimensions: [['FunctionName', 'Reason']],
    Reason: 'SignatureUsed',
    UnverifiedSignatures: 1,
  });
});

test('a signature that is not verified is not stored', async () => {
  const uses = deployed.sandbox.countCalls('UpdateItem');
  const { [RESERVED_METADATA_KEY]: token = '' } = await deployed.signed('somebody else', { template: 'breach' });

  await deployed.forgotPassword(user, { template: 'breach', [RESERVED_METADATA_KEY]: token });
  await deployed.forgotPassword(user, { [RESERVED_METADATA_KEY]: 'forged' });
  await deployed.forgotPassword(user);

  expect(deployed.lastMessage?.subject).toBe('self en');
  expect(deployed.sandbox.countCalls('UpdateItem')).toBe(uses);
});

test.each<[string, Omit<Fault, 'operation'>]>([
  ['does not respond', { instead: 'hang' }],
  ['throttles', { instead: { status: 400, name: 'ThrottlingException', message: 'SECRET' } }],
  ['denies access', { instead: { status: 400, name: 'AccessDeniedException', message: 'SECRET' } }],
  ['fails', { instead: { status: 500, name: 'InternalServerError', message: 'SECRET' } }],
  ['returns an invalid response', { instead: 'garbage' }],
])('Cognito sends its default message when the table %s', async (_, fault) => {
  deployed.sandbox.faults.add({ operation: 'UpdateItem', ...ALWAYS, ...fault });

  expect(await deployed.reset(user, { template: 'breach' })).toMatchObject({ status: 'RESET_REQUIRED' });

  expect(deployed.lastMessage?.origin).toBe('DEFAULT');
  expect(deployed.reasons).toEqual(['Unverifiable']);
  expect(deployed.output.join()).not.toMatch(/SECRET/);
});

test('KMS and the table share the time that the trigger has', async () => {
  // The trigger has been loaded by the tests above.
  const metadata = await deployed.signed(user, { template: 'breach' });
  deployed.sandbox.faults.add({ operation: 'VerifyMac', delay: 1_000, ...ALWAYS });
  deployed.sandbox.faults.add({ operation: 'UpdateItem', instead: 'hang', ...ALWAYS });

  const request = deployed.forgotPassword(user, metadata);

  expect(await endsBefore(2_000, request)).toBe(true);
  await request;
  expect(deployed.lastMessage?.origin).toBe('DEFAULT');
});
