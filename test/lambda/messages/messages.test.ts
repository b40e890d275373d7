import { AdminCreateUserCommand, CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import type { Fault } from 'cloud-assembly-sandbox';
import { OnSigningFailure } from '../../../lib';
import { RESERVED_METADATA_KEY } from '../../../lib/contract/reset';
import { DeployedMessages, type DeployedMessagesOptions } from '../../support/deployed-messages';
import { metricsIn } from '../../support/deployment';

const ALWAYS = Number.POSITIVE_INFINITY;

/** The default message of Cognito. */
const DEFAULT = expect.objectContaining({ origin: 'DEFAULT' });

/**
 * What the trigger counts for an unverified signature: with the reason and without it, because an alarm over all reasons
 * would never see the former.
 *
 * @see https://github.com/Bike4Mind/bike4mind/issues/1896
 * @see https://github.com/awslabs/aws-embedded-metrics-java/issues/69
 */
const countOf = (reason: string) => [
  { dimensions: [['FunctionName']], UnverifiedSignatures: 1 },
  { dimensions: [['FunctionName', 'Reason']], Reason: reason, UnverifiedSignatures: 1 },
];

/** A clock on which each request comes a second later, so that no quota of Cognito is exceeded. */
function clockWithoutQuotas(): () => Date {
  let time = Date.now();
  return () => {
    time += 1_000;
    return new Date(time);
  };
}

describe('ResetMessages with a catalog', () => {
  let deployed: DeployedMessages;
  beforeAll(async () => {
    deployed = await DeployedMessages.start({ sandbox: { now: clockWithoutQuotas() } });
  });
  afterAll(() => deployed.stop());
  beforeEach(() => {
    deployed.output.splice(0);
  });

  describe('for an admin reset', () => {
    let sub: string;
    beforeAll(async () => {
      sub = await deployed.addUser('user', { phone_number: '+15555550100', phone_number_verified: 'true' });
    });

    test.each([
      ['user name', () => 'user'],
      ['sub', () => sub],
      ['email alias', () => 'user@example.com'],
      ['phone alias', () => '+15555550100'],
    ])('verifies the signature of a reset by %s', async (_, name) => {
      expect(await deployed.reset(name(), { template: 'breach' })).toMatchObject({ status: 'RESET_REQUIRED' });
      expect(deployed.lastMessage).toMatchObject({
        channel: 'EMAIL',
        subject: 'breach en',
        body: '<p>breach en: CODE</p>',
      });
      expect(deployed.reasons).toEqual([]);
    });

    test('uses the default template when the reset names none', async () => {
      await deployed.reset('user');
      expect(deployed.lastMessage?.subject).toBe('plain en');
    });

    test('sends the SMS message of the template to a user without a verified email address', async () => {
      await deployed.addUser('phone', {
        email_verified: 'false',
        phone_number: '+15555550101',
        phone_number_verified: 'true',
      });
      await deployed.reset('phone', { template: 'breach', locale: 'de' });
      expect(deployed.lastMessage).toMatchObject({ channel: 'SMS', body: 'breach de: CODE' });
    });

    test.each([
      ['from the metadata', 'de', 'pt', 'de'],
      ['from the user', undefined, 'de', 'de'],
      ['from the user, if that of the metadata is not available', 'fr', 'de', 'de'],
      ['of the catalog by default', undefined, undefined, 'en'],
      ['with a region', 'pt-BR', undefined, 'pt-BR'],
      ['without the region, if that is not available', 'pt-PT', undefined, 'pt'],
      ['with an underscore', undefined, 'pt_BR', 'pt-BR'],
      ['of an operating system', undefined, 'de_DE.UTF-8', 'de'],
      ['from a list', 'fr-CA,pt-PT;q=0.8,de;q=0.9', 'pt', 'de'],
    ])('uses the locale %s', async (kind, wanted, attribute, expected) => {
      const name = `locale-${kind.replaceAll(/\W/g, '-')}`;
      await deployed.addUser(name, attribute === undefined ? {} : { locale: attribute });
      await deployed.reset(name, { template: 'breach', ...(wanted !== undefined && { locale: wanted }) });
      expect(deployed.lastMessage?.subject).toBe(`breach ${expected}`);
    });

    test('inserts values, escaped in email messages, without links and line breaks in all messages', async () => {
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

    test('writes the user name, also after a reset by an alias, and values into a link', async () => {
      await deployed.reset('user@example.com', { template: 'link', ticket: '1&u=other' });
      expect(deployed.lastMessage?.body).toBe('<a href="https://example.com/?u=user&t=1%26u%3Dother&c=CODE">user</a>');
    });

    test('does not let a value form a placeholder of Cognito', async () => {
      await deployed.reset('user', { template: 'ticket', ticket: '{####} {username} {##{####}##}' });
      expect(deployed.lastMessage?.body).toBe('<p>ticket #### username ########: CODE</p>');
    });

    test.each<[string, Record<string, string>, string]>([
      ['the template does not exist', { template: 'SECRET' }, 'UnknownTemplate'],
      ['the template has the name of an inherited property', { template: 'constructor' }, 'UnknownTemplate'],
      ['a value is missing', { template: 'ticket' }, 'MissingValue'],
      ['a value is too long', { template: 'ticket', ticket: 'SECRET'.repeat(6) }, 'ValueTooLong'],
      ['the user lacks an attribute', { template: 'greeting' }, 'MissingValue'],
    ])('sends the default message and logs the reason when %s', async (_, metadata, reason) => {
      expect(await deployed.reset('user', metadata)).toMatchObject({ status: 'RESET_REQUIRED' });
      expect(deployed.lastMessage).toEqual(DEFAULT);
      expect(deployed.reasons).toContain(reason);
      expect(deployed.output.join()).not.toMatch(/SECRET|user@example|15555550100/);
    });
  });

  describe('for a self-service request', () => {
    beforeAll(() => deployed.addUser('self', { phone_number: '+15555550102', phone_number_verified: 'true' }));

    test('sends the self-service template in the requested locale', async () => {
      await deployed.forgotPassword('self');
      expect(deployed.lastMessage?.subject).toBe('self en');
      await deployed.forgotPassword('self', { locale: 'de', template: 'breach' });
      expect(deployed.lastMessage?.subject).toBe('self de');
    });

    test('accepts a valid signature (control case)', async () => {
      await deployed.forgotPassword('self', await deployed.signed('self', { template: 'breach' }));
      expect(deployed.lastMessage?.subject).toBe('breach en');
    });

    test.each<[string, () => Promise<Record<string, string>>, string]>([
      ['for another user', () => deployed.signed('user', { template: 'breach' }), 'InvalidMac'],
      [
        'for another kind of user name',
        () => deployed.signed('user@example.com', { template: 'breach' }),
        'InvalidMac',
      ],
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
      [
        'for metadata with an entry added',
        async () => ({ ...(await deployed.signed('self', {})), template: 'breach' }),
        'InvalidMac',
      ],
      [
        'for metadata with a value changed',
        async () => ({ ...(await deployed.signed('self', { template: 'plain' })), template: 'breach' }),
        'InvalidMac',
      ],
      [
        'for metadata with an entry removed',
        async () => {
          const { locale: _, ...rest } = await deployed.signed('self', { template: 'breach', locale: 'de' });
          return rest;
        },
        'InvalidMac',
      ],
      ['that is malformed', async () => ({ template: 'breach', [RESERVED_METADATA_KEY]: 'forged' }), 'MalformedToken'],
    ])('sends the self-service template for a signature %s', async (_, metadata, reason) => {
      await deployed.forgotPassword('self', await metadata());
      expect(deployed.lastMessage?.subject).toBe('self en');
      expect(deployed.reasons).toEqual([reason]);
      expect(metricsIn(deployed.logged)).toEqual(countOf(reason));
    });

    test('counts no signature when there is none, or a valid one', async () => {
      await deployed.forgotPassword('self', { template: 'breach' });
      await deployed.forgotPassword('self', await deployed.signed('self', { template: 'no such template' }));
      expect(deployed.reasons).toEqual(['UnknownTemplate']);
      expect(metricsIn(deployed.logged)).toEqual([]);
    });

    test('counts for the function of the trigger, in the namespace of the library', async () => {
      await deployed.forgotPassword('self', { [RESERVED_METADATA_KEY]: 'forged' });
      const [line] = deployed.logged.filter((fields) => '_aws' in fields);
      expect(line).toMatchObject({
        FunctionName: expect.stringContaining('MessagesFunction'),
        _aws: {
          CloudWatchMetrics: [
            { Namespace: 'CognitoPasswordReset', Metrics: [{ Name: 'UnverifiedSignatures', Unit: 'Count' }] },
          ],
        },
      });
    });

    test('does not call KMS without a well-formed, recent token', async () => {
      const calls = deployed.sandbox.countCalls('VerifyMac');
      await deployed.forgotPassword('self');
      await deployed.forgotPassword('self', { [RESERVED_METADATA_KEY]: 'forged' });
      await deployed.forgotPassword('self', await deployed.signed('self', {}, { age: 301_000 }));
      expect(deployed.sandbox.countCalls('VerifyMac')).toBe(calls);
    });
  });

  describe.each<[string, Omit<Fault, 'operation'>]>([
    ['is slow', { delay: 4_000 }],
    ['does not respond', { instead: 'hang' }],
    ['throttles', { instead: { status: 400, name: 'ThrottlingException', message: 'SECRET' } }],
    ['denies access', { instead: { status: 400, name: 'AccessDeniedException', message: 'SECRET' } }],
    ['reports a disabled key', { instead: { status: 400, name: 'DisabledException', message: 'SECRET' } }],
    ['fails', { instead: { status: 500, name: 'KMSInternalException', message: 'SECRET' } }],
    ['cuts the connection before the call', { instead: 'cut-before' }],
    ['cuts the connection after the call', { instead: 'cut-after' }],
    ['stops halfway in its response', { instead: 'slow-body' }],
    ['returns an invalid response', { instead: 'garbage' }],
  ])('when KMS %s', (kind, fault) => {
    const username = `kms-${kind.replaceAll(' ', '-')}`;
    beforeAll(() => deployed.addUser(username));
    afterEach(() => deployed.sandbox.faults.clear());

    test('sends the default message and logs the reason when the trigger verifies', async () => {
      deployed.sandbox.faults.add({ operation: 'VerifyMac', times: ALWAYS, ...fault });

      expect(await deployed.reset(username, { template: 'breach' })).toMatchObject({ status: 'RESET_REQUIRED' });
      expect(deployed.lastMessage).toEqual(DEFAULT);
      expect(deployed.reasons).toEqual(['Unverifiable']);
      expect(metricsIn(deployed.logged)).toEqual(expect.arrayContaining(countOf('Unverifiable')));
      expect(deployed.output.join()).not.toMatch(new RegExp(`${username}|SECRET`));
    });

    test('sends the self-service template and logs the failure when the reset function signs', async () => {
      deployed.sandbox.faults.add({ operation: 'GenerateMac', times: ALWAYS, ...fault });

      expect(await deployed.reset(username, { template: 'breach' })).toMatchObject({ status: 'RESET_REQUIRED' });
      expect(deployed.lastMessage?.subject).toBe('self en');
      expect(deployed.logged).toContainEqual(
        expect.objectContaining({ level: 'WARN', message: 'The ClientMetadata could not be signed' }),
      );
      expect(deployed.logged).toContainEqual(expect.objectContaining({ SigningFailures: 1 }));
      expect(deployed.output.join()).not.toMatch(new RegExp(`${username}|SECRET`));
    });
  });
});

describe('ResetMessages without a default template and a self-service template', () => {
  let deployed: DeployedMessages;
  beforeAll(async () => {
    deployed = await DeployedMessages.start({
      catalog: { selfServiceTemplate: undefined, defaultTemplate: undefined },
    });
    await deployed.addUser('user');
  });
  afterAll(() => deployed.stop());

  test.each<[string, () => Promise<unknown>]>([
    ['a user requests a code', () => deployed.forgotPassword('user', { template: 'breach' })],
    ['a reset names no template', () => deployed.reset('user', { locale: 'de' })],
    [
      'a reset is not signed',
      () => {
        deployed.sandbox.faults.add({ operation: 'GenerateMac', instead: { status: 400, name: 'DisabledException' } });
        return deployed.reset('user', { template: 'breach' });
      },
    ],
  ])('sends the default message when %s', async (_, act) => {
    await act();
    expect(deployed.lastMessage).toEqual(DEFAULT);
  });
});

test('AdminPasswordReset with onSigningFailure FAIL does not send a reset that cannot be signed', async () => {
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

test('AdminPasswordReset with an idempotency key treats a retry as the same request and does not sign it again', async () => {
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

test('ResetMessages verifies a user name in another case if the pool is case-insensitive', async () => {
  await withDeployed({ userPool: { ...aliases(), signInCaseSensitive: false } }, async (deployed) => {
    await deployed.addUser('User');
    for (const name of ['USER', 'User@EXAMPLE.com']) {
      await deployed.reset(name, { template: 'breach' });
      expect(deployed.lastMessage?.subject).toBe('breach en');
    }
  });
});

test('ResetMessages renders only SMS messages with the default email sender, which does not support custom email messages', async () => {
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

describe('ResetMessages with a next function', () => {
  // Returns the metadata it received; fails or waits if the metadata say so.
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
      sandbox: { now: clockWithoutQuotas() },
    });
    await deployed.addUser('user');
  });
  afterAll(() => deployed.stop());
  beforeEach(() => {
    deployed.output.splice(0);
  });

  test('passes self-service requests to the next function', async () => {
    await deployed.forgotPassword('user', { a: 'b' });
    expect(deployed.lastMessage).toMatchObject({
      subject: 'next CustomMessage_ForgotPassword',
      body: '{"a":"b"}  CODE',
    });
  });

  test('removes the reserved key from a request with an invalid signature', async () => {
    await deployed.forgotPassword('user', { a: 'b', [RESERVED_METADATA_KEY]: 'forged' });
    expect(deployed.lastMessage?.body).toBe('{"a":"b"}  CODE');
    expect(metricsIn(deployed.logged)).toEqual(countOf('MalformedToken'));
  });

  test('passes the events of other messages to the next function', async () => {
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

  test('does not pass admin resets to the next function, and sends them while that function does not respond', async () => {
    deployed.sandbox.faults.add({ operation: 'Invoke', times: ALWAYS, instead: 'hang' });
    await deployed.reset('user', { template: 'breach' });
    deployed.sandbox.faults.clear();
    expect(deployed.lastMessage?.subject).toBe('breach en');
  });

  test('does not pass unverified requests with a token to the next function', async () => {
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
  ])('fails as the next function alone would when %s', async (_, metadata, name, message) => {
    await expect(deployed.forgotPassword('user', metadata)).rejects.toMatchObject({
      name,
      message: expect.stringContaining(message),
    });
  });

  test('waits three seconds for the next function', async () => {
    await deployed.forgotPassword('user', { wait: '500' });
    expect(deployed.lastMessage?.subject).toBe('next CustomMessage_ForgotPassword');

    await expect(deployed.forgotPassword('user', { wait: '4900' })).rejects.toMatchObject({
      name: 'UserLambdaValidationException',
    });
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
