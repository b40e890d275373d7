import { AdminCreateUserCommand, CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import type { Fault } from 'cloud-assembly-sandbox';
import { OnSigningFailure } from '../../../lib';
import { RESERVED_METADATA_KEY } from '../../../lib/contract/reset';
import { DeployedMessages, type DeployedMessagesOptions } from '../../support/deployed-messages';

const ALWAYS = Number.POSITIVE_INFINITY;

/** Cognito's own message. */
const DEFAULT = expect.objectContaining({ origin: 'DEFAULT' });

/** The quotas of a user pool are not what is looked at: every request comes a second after the one before. */
function unhurried(): () => Date {
  let time = Date.now();
  return () => {
    time += 1_000;
    return new Date(time);
  };
}

describe('with a catalog', () => {
  let deployed: DeployedMessages;
  beforeAll(async () => {
    deployed = await DeployedMessages.start({ sandbox: { now: unhurried() } });
  });
  afterAll(() => deployed.stop());
  beforeEach(() => {
    deployed.output.splice(0);
  });

  describe('a reset', () => {
    let sub: string;
    beforeAll(async () => {
      sub = await deployed.addUser('user', { phone_number: '+15555550100', phone_number_verified: 'true' });
    });

    test.each([
      ['user name', () => 'user'],
      ['sub', () => sub],
      ['email alias', () => 'user@example.com'],
      ['phone alias', () => '+15555550100'],
    ])('by %s is known by its signature', async (_, name) => {
      expect(await deployed.reset(name(), { template: 'breach' })).toMatchObject({ status: 'RESET_REQUIRED' });
      expect(deployed.lastMessage).toMatchObject({
        channel: 'EMAIL',
        subject: 'breach en',
        body: '<p>breach en: CODE</p>',
      });
      expect(deployed.reasons).toEqual([]);
    });

    test('without a template takes the default one', async () => {
      await deployed.reset('user');
      expect(deployed.lastMessage?.subject).toBe('plain en');
    });

    test('of a user who is reached by SMS sends that text', async () => {
      await deployed.addUser('phone', {
        email_verified: 'false',
        phone_number: '+15555550101',
        phone_number_verified: 'true',
      });
      await deployed.reset('phone', { template: 'breach', locale: 'de' });
      expect(deployed.lastMessage).toMatchObject({ channel: 'SMS', body: 'breach de: CODE' });
    });

    test.each([
      ['that of the metadata', 'de', 'pt', 'de'],
      ['that of the user', undefined, 'de', 'de'],
      ['that of the user, for one of the metadata that there is not', 'fr', 'de', 'de'],
      ['the default', undefined, undefined, 'en'],
      ['a region', 'pt-BR', undefined, 'pt-BR'],
      ['the language without the region', 'pt-PT', undefined, 'pt'],
      ['written with an underscore', undefined, 'pt_BR', 'pt-BR'],
    ])('takes the locale: %s', async (_, wanted, attribute, expected) => {
      const name = `locale-${wanted}-${attribute}`;
      await deployed.addUser(name, attribute === undefined ? {} : { locale: attribute });
      await deployed.reset(name, { template: 'breach', ...(wanted !== undefined && { locale: wanted }) });
      expect(deployed.lastMessage?.subject).toBe(`breach ${expected}`);
    });

    test('puts values in: escaped in a mail, and without links or line breaks anywhere', async () => {
      await deployed.reset('user', {
        template: 'ticket',
        ticket: `<b>"x"</b>\r\nhttp://a.example`,
      });
      expect(deployed.lastMessage).toMatchObject({
        subject: 'ticket <b>"x"</b> http: //a. example',
        body: '<p>ticket &lt;b&gt;&#34;x&#34;&lt;/b&gt; http: //a. example: CODE</p>',
      });

      await deployed.reset('phone', { template: 'ticket', ticket: `1\r\nhttps://a.example` });
      expect(deployed.lastMessage?.body).toBe('ticket 1 https: //a. example: CODE');
    });

    test('cannot have a value of its own take the place of the code', async () => {
      await deployed.reset('user', { template: 'ticket', ticket: '{####} {username} {##{####}##}' });
      expect(deployed.lastMessage?.body).toBe('<p>ticket #### username ########: CODE</p>');
    });

    test.each<[string, Record<string, string>, string]>([
      ['names a template that there is not', { template: 'SECRET' }, 'UnknownTemplate'],
      ['names a template that every object has', { template: 'constructor' }, 'UnknownTemplate'],
      ['leaves out a value', { template: 'ticket' }, 'MissingValue'],
      ['has a value that is too long', { template: 'ticket', ticket: 'SECRET'.repeat(6) }, 'ValueTooLong'],
      ['needs an attribute that the user does not have', { template: 'greeting' }, 'MissingValue'],
    ])('that %s sends the default message, and the log says why', async (_, metadata, reason) => {
      expect(await deployed.reset('user', metadata)).toMatchObject({ status: 'RESET_REQUIRED' });
      expect(deployed.lastMessage).toEqual(DEFAULT);
      expect(deployed.reasons).toContain(reason);
      expect(deployed.output.join()).not.toMatch(/SECRET|user@example|15555550100/);
    });
  });

  describe('a request of anybody', () => {
    beforeAll(() => deployed.addUser('self', { phone_number: '+15555550102', phone_number_verified: 'true' }));

    test('gets the self-service template, of which it may choose the language', async () => {
      await deployed.forgotPassword('self');
      expect(deployed.lastMessage?.subject).toBe('self en');
      await deployed.forgotPassword('self', { locale: 'de', template: 'breach' });
      expect(deployed.lastMessage?.subject).toBe('self de');
    });

    test('with a genuine signature is taken for what was signed: this is what the next rows fail to be', async () => {
      await deployed.forgotPassword('self', await deployed.signed('self', { template: 'breach' }));
      expect(deployed.lastMessage?.subject).toBe('breach en');
    });

    test.each<[string, () => Promise<Record<string, string>>, string]>([
      ['for another user', () => deployed.signed('user', { template: 'breach' }), 'InvalidMac'],
      ['for a name of another form', () => deployed.signed('user@example.com', { template: 'breach' }), 'InvalidMac'],
      [
        'for another pool',
        () => deployed.signed('self', { template: 'breach' }, { userPoolId: 'us-east-1_Another01' }),
        'InvalidMac',
      ],
      [
        'older than five minutes',
        () => deployed.signed('self', { template: 'breach' }, { age: 301_000 }),
        'TokenTooOld',
      ],
      [
        'from the future',
        () => deployed.signed('self', { template: 'breach' }, { age: -60_000 }),
        'TokenFromTheFuture',
      ],
      ['metadata added', async () => ({ ...(await deployed.signed('self', {})), template: 'breach' }), 'InvalidMac'],
      [
        'metadata changed',
        async () => ({ ...(await deployed.signed('self', { template: 'plain' })), template: 'breach' }),
        'InvalidMac',
      ],
      [
        'metadata taken away',
        async () => {
          const { locale: _, ...rest } = await deployed.signed('self', { template: 'breach', locale: 'de' });
          return rest;
        },
        'InvalidMac',
      ],
      ['nonsense', async () => ({ template: 'breach', [RESERVED_METADATA_KEY]: 'forged' }), 'MalformedToken'],
    ])('with a signature, %s, gets the self-service template', async (_, metadata, reason) => {
      await deployed.forgotPassword('self', await metadata());
      expect(deployed.lastMessage?.subject).toBe('self en');
      expect(deployed.reasons).toEqual([reason]);
    });

    test('without a well-formed fresh token costs no call to KMS', async () => {
      const calls = deployed.sandbox.countCalls('VerifyMac');
      await deployed.forgotPassword('self');
      await deployed.forgotPassword('self', { [RESERVED_METADATA_KEY]: 'forged' });
      await deployed.forgotPassword('self', await deployed.signed('self', {}, { age: 301_000 }));
      expect(deployed.sandbox.countCalls('VerifyMac')).toBe(calls);
    });
  });

  describe.each<[string, Omit<Fault, 'operation'>]>([
    ['slow', { delay: 4_000 }],
    ['silent', { instead: 'hang' }],
    ['throttling', { instead: { status: 400, name: 'ThrottlingException', message: 'SECRET' } }],
    ['refusing', { instead: { status: 400, name: 'AccessDeniedException', message: 'SECRET' } }],
    ['disabled', { instead: { status: 400, name: 'DisabledException', message: 'SECRET' } }],
    ['failing', { instead: { status: 500, name: 'KMSInternalException', message: 'SECRET' } }],
    ['cut off before', { instead: 'cut-before' }],
    ['cut off after', { instead: 'cut-after' }],
    ['never ending its answer', { instead: 'slow-body' }],
    ['answering nonsense', { instead: 'garbage' }],
  ])('KMS %s', (kind, fault) => {
    const username = `kms-${kind.replaceAll(' ', '-')}`;
    beforeAll(() => deployed.addUser(username));
    afterEach(() => deployed.sandbox.faults.clear());

    test('when the trigger verifies: the reset succeeds with the default message, and the log says why', async () => {
      deployed.sandbox.faults.add({ operation: 'VerifyMac', times: ALWAYS, ...fault });
      const began = Date.now();

      expect(await deployed.reset(username, { template: 'breach' })).toMatchObject({ status: 'RESET_REQUIRED' });
      expect(deployed.lastMessage).toEqual(DEFAULT);
      expect(deployed.reasons).toEqual(['Unverifiable']);
      expect(deployed.output.join()).not.toMatch(new RegExp(`${username}|SECRET`));
      expect(Date.now() - began).toBeLessThan(4_000);
    });

    test('when the reset signs: it succeeds with the message of anybody, and the log says why', async () => {
      deployed.sandbox.faults.add({ operation: 'GenerateMac', times: ALWAYS, ...fault });

      expect(await deployed.reset(username, { template: 'breach' })).toMatchObject({ status: 'RESET_REQUIRED' });
      expect(deployed.lastMessage?.subject).toBe('self en');
      expect(deployed.logged).toContainEqual(
        expect.objectContaining({ level: 'WARN', message: 'The metadata could not be signed' }),
      );
      expect(deployed.logged).toContainEqual(expect.objectContaining({ SigningFailures: 1 }));
      expect(deployed.output.join()).not.toMatch(new RegExp(`${username}|SECRET`));
    });
  });
});

describe('without templates for users or for resets that name none', () => {
  let deployed: DeployedMessages;
  beforeAll(async () => {
    deployed = await DeployedMessages.start({
      catalog: { selfServiceTemplate: undefined, defaultTemplate: undefined },
    });
    await deployed.addUser('user');
  });
  afterAll(() => deployed.stop());

  test.each<[string, () => Promise<unknown>]>([
    ['a user asks for a code', () => deployed.forgotPassword('user', { template: 'breach' })],
    ['a reset names no template', () => deployed.reset('user', { locale: 'de' })],
    [
      'a reset is not signed',
      () => {
        deployed.sandbox.faults.add({ operation: 'GenerateMac', instead: { status: 400, name: 'DisabledException' } });
        return deployed.reset('user', { template: 'breach' });
      },
    ],
  ])('the message is that of Cognito: %s', async (_, act) => {
    await act();
    expect(deployed.lastMessage).toEqual(DEFAULT);
  });
});

test('with onSigningFailure FAIL a reset that cannot be signed is not sent', async () => {
  await withDeployed({ reset: { onSigningFailure: OnSigningFailure.FAIL } }, async (deployed) => {
    await deployed.addUser('user');
    deployed.sandbox.faults.add({
      operation: 'GenerateMac',
      instead: { status: 400, name: 'DisabledException' },
    });

    expect(await deployed.reset('user')).toMatchObject({ errorType: 'ResetNotSentError' });
    expect(deployed.sandbox.countCalls('AdminResetUserPassword')).toBe(0);
    expect(await deployed.reset('user')).toMatchObject({ status: 'RESET_REQUIRED' });
  });
});

test('with an idempotency key, a repeat is the same request and is not signed again', async () => {
  await withDeployed({ reset: { idempotency: true } }, async (deployed) => {
    await deployed.addUser('user');
    const metadata = { template: 'breach' };

    expect(await deployed.reset('user', metadata, 'key')).toMatchObject({ replayed: false });
    expect(await deployed.reset('user', metadata, 'key')).toMatchObject({ replayed: true });
    expect(await deployed.reset('user', {}, 'key')).toMatchObject({ errorType: 'InvalidRequestError' });
    expect(deployed.sandbox.countCalls('GenerateMac')).toBe(1);
    expect(deployed.sandbox.messages).toHaveLength(1);
  });
});

test('in a pool that takes upper for lower case, a name in other letters verifies as well', async () => {
  await withDeployed({ userPool: { ...aliases(), signInCaseSensitive: false } }, async (deployed) => {
    await deployed.addUser('User');
    for (const name of ['USER', 'User@EXAMPLE.com']) {
      await deployed.reset(name, { template: 'breach' });
      expect(deployed.lastMessage?.subject).toBe('breach en');
    }
  });
});

test("with Cognito's default sender only SMS come from the catalog, because it takes no other mails", async () => {
  await withDeployed({ userPool: { ...aliases(), email: undefined } }, async (deployed) => {
    await deployed.addUser('mail');
    await deployed.addUser('phone', {
      email_verified: 'false',
      phone_number: '+15555550101',
      phone_number_verified: 'true',
    });

    await deployed.reset('mail', { template: 'breach' });
    expect(deployed.lastMessage).toEqual(DEFAULT);
    await deployed.reset('phone', { template: 'breach' });
    expect(deployed.lastMessage?.body).toBe('breach en: CODE');
  });
});

describe('with a next function', () => {
  // Answers with what it was asked, and fails or waits when the metadata say so.
  const next = `exports.handler = async (event) => {
    const { fail, crash, wait } = event.request.clientMetadata ?? {};
    if (fail) throw Object.assign(new Error('from next: ' + fail), { name: 'TeapotError' });
    if (crash) process.exit(1);
    if (wait) await new Promise((resolve) => setTimeout(resolve, Number(wait)));
    event.response.emailSubject = 'next ' + event.triggerSource;
    event.response.emailMessage = JSON.stringify(event.request.clientMetadata ?? null) + ' ' + (event.request.usernameParameter ?? '') + ' {####}';
    return event;
  };`;
  let deployed: DeployedMessages;
  beforeAll(async () => {
    deployed = await DeployedMessages.start({
      next,
      catalog: { selfServiceTemplate: undefined },
      sandbox: { now: unhurried() },
    });
    await deployed.addUser('user');
  });
  afterAll(() => deployed.stop());
  beforeEach(() => {
    deployed.output.splice(0);
  });

  test('what users ask for themselves is its business', async () => {
    await deployed.forgotPassword('user', { a: 'b' });
    expect(deployed.lastMessage).toMatchObject({
      subject: 'next CustomMessage_ForgotPassword',
      body: '{"a":"b"}  CODE',
    });
  });

  test('without the reserved key, when there is one that proves nothing', async () => {
    await deployed.forgotPassword('user', { a: 'b', [RESERVED_METADATA_KEY]: 'forged' });
    expect(deployed.lastMessage?.body).toBe('{"a":"b"}  CODE');
  });

  test('other messages are its business too', async () => {
    const cognito = new CognitoIdentityProviderClient({
      endpoint: deployed.sandbox.endpoint,
      region: 'us-east-1',
      credentials: { accessKeyId: 'developer', secretAccessKey: 'developer' },
    });
    await cognito.send(
      new AdminCreateUserCommand({
        UserPoolId: deployed.userPoolId,
        Username: 'invited',
        DesiredDeliveryMediums: ['EMAIL'],
        UserAttributes: [{ Name: 'email', Value: 'invited@example.com' }],
        ClientMetadata: { [RESERVED_METADATA_KEY]: 'forged', a: 'b' },
      }),
    );
    cognito.destroy();
    expect(deployed.lastMessage?.subject).toBe('next CustomMessage_AdminCreateUser');
    expect(deployed.lastMessage?.body).toMatch(/^{"a":"b"} invited /);
  });

  test('a reset is not, even when the function is out of order', async () => {
    deployed.sandbox.faults.add({ operation: 'Invoke', times: ALWAYS, instead: 'hang' });
    await deployed.reset('user', { template: 'breach' });
    deployed.sandbox.faults.clear();
    expect(deployed.lastMessage?.subject).toBe('breach en');
  });

  test('nor is what may be a reset', async () => {
    deployed.sandbox.faults.add({ operation: 'VerifyMac', times: ALWAYS, instead: 'cut-before' });
    await deployed.reset('user', { template: 'breach' });
    deployed.sandbox.faults.clear();
    expect(deployed.lastMessage).toEqual(DEFAULT);
  });

  test.each<[string, Record<string, string>, string, string]>([
    [
      'it throws',
      { fail: 'teapot' },
      'UserLambdaValidationException',
      'CustomMessage failed with error from next: teapot.',
    ],
    ['it crashes', { crash: 'yes' }, 'UnexpectedLambdaException', ''],
  ])('its failure is what it would be without us: %s', async (_, metadata, name, message) => {
    await expect(deployed.forgotPassword('user', metadata)).rejects.toMatchObject({
      name,
      message: expect.stringContaining(message),
    });
  });

  test('has three seconds', async () => {
    await deployed.forgotPassword('user', { wait: '1500' });
    expect(deployed.lastMessage?.subject).toBe('next CustomMessage_ForgotPassword');

    const began = Date.now();
    await expect(deployed.forgotPassword('user', { wait: '4900' })).rejects.toMatchObject({
      name: 'UserLambdaValidationException',
    });
    expect(Date.now() - began).toBeLessThan(4_500);
  });
});

function aliases() {
  return { signInAliases: { username: true, email: true, phone: true } };
}

async function withDeployed(
  options: DeployedMessagesOptions,
  act: (deployed: DeployedMessages) => Promise<void>,
): Promise<void> {
  const deployed = await DeployedMessages.start(options);
  try {
    await act(deployed);
  } finally {
    await deployed.stop();
  }
}
