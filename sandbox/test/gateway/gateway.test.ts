import { Agent, request } from 'node:http';
import { connect } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import {
  AdminGetUserCommand,
  AdminResetUserPasswordCommand,
  CognitoIdentityProviderClient,
  ForgotPasswordCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { type Fault, Faults } from '../../src/gateway/faults';
import { Gateway } from '../../src/gateway/gateway';
import { type Json, type Service, ServiceError } from '../../src/model';

const POOL = 'arn:aws:cognito-idp:eu-central-1:111122223333:userpool/eu-central-1_example';

/** A service that keeps what it was asked, and answers what a test says. */
class Scripted implements Service {
  carriedOut: [operation: string, input: Json][] = [];
  regions: unknown[] = [];
  answer: () => Json = () => ({});

  constructor(readonly prefix: string) {}

  resource(operation: string, _input: Json, region: string | undefined): string | undefined {
    this.regions.push(region);
    return operation === 'ForgotPassword' ? undefined : POOL;
  }

  async call(operation: string, input: Json, region: string | undefined): Promise<Json> {
    this.regions.push(region);
    this.carriedOut.push([operation, input]);
    return this.answer();
  }
}

let cognito: Scripted;
let dynamodb: Scripted;
let kms: Scripted;
let faults: Faults;
let gateway: Gateway;
let authorized: unknown[];
let denial: Error | undefined;
let internalErrors: unknown[];

const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' };

function options() {
  return { region: 'eu-central-1', endpoint: gateway.endpoint, credentials, maxAttempts: 1 };
}

function cognitoClient(): CognitoIdentityProviderClient {
  return new CognitoIdentityProviderClient(options());
}

const reset = new AdminResetUserPasswordCommand({ UserPoolId: 'eu-central-1_example', Username: 'user@example.com' });

/** A request as no SDK sends it. */
function raw(headers: Record<string, string>, body = '{}'): Promise<Response> {
  return fetch(gateway.endpoint, { method: 'POST', headers, body });
}

const target = { 'X-Amz-Target': 'AWSCognitoIdentityProviderService.AdminResetUserPassword' };
const signed = {
  Authorization: 'AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260101/eu-central-1/cognito-idp/aws4_request',
};

beforeEach(async () => {
  cognito = new Scripted('cognito-idp');
  dynamodb = new Scripted('dynamodb');
  kms = new Scripted('kms');
  faults = new Faults();
  authorized = [];
  denial = undefined;
  internalErrors = [];
  gateway = await Gateway.start({
    services: [cognito, dynamodb, kms],
    faults,
    authorize: (...call) => {
      authorized.push(call);
      if (denial) throw denial;
    },
    onInternalError: (...error) => internalErrors.push(error),
  });
});
afterEach(() => gateway.stop());

describe('a call', () => {
  it('reaches its service and brings back the answer', async () => {
    const created = new Date('2026-01-02T03:04:05.500Z');
    cognito.answer = () => ({ Username: 'ä', UserCreateDate: created, UserAttributes: [{ Name: 'sub', Value: '1' }] });

    const output = await cognitoClient().send(
      new AdminGetUserCommand({ UserPoolId: 'eu-central-1_example', Username: 'ä' }),
    );

    expect(output).toMatchObject({
      Username: 'ä',
      UserCreateDate: created,
      UserAttributes: [{ Name: 'sub', Value: '1' }],
      $metadata: { httpStatusCode: 200, requestId: expect.stringMatching(/^[0-9a-f-]{36}$/) },
    });
    expect(cognito.carriedOut).toEqual([['AdminGetUser', { UserPoolId: 'eu-central-1_example', Username: 'ä' }]]);
    expect(dynamodb.carriedOut).toEqual([]);
  });

  it('comes with the Region that it is signed for', async () => {
    const client = new CognitoIdentityProviderClient({ ...options(), region: 'ap-southeast-2' });

    await client.send(reset);

    expect(cognito.regions).toEqual(['ap-southeast-2', 'ap-southeast-2']);
  });

  it('without a signature comes without a Region', async () => {
    await raw({ 'X-Amz-Target': 'AWSCognitoIdentityProviderService.ForgotPassword' });

    expect(cognito.regions).toEqual([undefined, undefined]);
  });

  it.each([
    ['AWSCognitoIdentityProviderService.AdminGetUser', 'application/x-amz-json-1.1'],
    ['DynamoDB_20120810.GetItem', 'application/x-amz-json-1.0'],
    ['TrentService.GenerateMac', 'application/x-amz-json-1.1'],
  ])('%s is answered as %s', async (name, contentType) => {
    const response = await raw({ ...signed, 'X-Amz-Target': name });

    expect(response.headers.get('content-type')).toBe(contentType);
  });

  it('brings back an error of the service by its name', async () => {
    cognito.answer = () => {
      throw new ServiceError('UserNotFoundException', 'User does not exist.');
    };

    await expect(cognitoClient().send(reset)).rejects.toMatchObject({
      name: 'UserNotFoundException',
      message: 'User does not exist.',
      $metadata: { httpStatusCode: 400 },
    });
  });

  it('brings back the fields of an error', async () => {
    dynamodb.answer = () => {
      throw new ServiceError('ConditionalCheckFailedException', 'no', { fields: { Item: { id: { S: 'old' } } } });
    };

    const put = new DynamoDBClient(options()).send(
      new PutItemCommand({ TableName: 'table', Item: { id: { S: 'new' } } }),
    );

    await expect(put).rejects.toMatchObject({ name: 'ConditionalCheckFailedException', Item: { id: { S: 'old' } } });
  });

  it.each([
    ['AWSCognitoIdentityProviderService', 'InternalErrorException'],
    ['DynamoDB_20120810', 'InternalServerError'],
    ['TrentService', 'KMSInternalException'],
  ])('of %s is answered %s when the service itself fails, without a word of the cause', async (api, name) => {
    const cause = new Error('user@example.com');
    const fail = () => {
      throw cause;
    };
    cognito.answer = fail;
    dynamodb.answer = fail;
    kms.answer = fail;

    const response = await raw({ ...signed, 'X-Amz-Target': `${api}.GetItem` });

    expect(response.status).toBe(500);
    expect(await response.json()).toEqual({ __type: name, message: 'internal error' });
    expect(internalErrors).toEqual([[expect.stringMatching(/:GetItem$/), cause]]);
  });

  it.each([
    ['UnknownOperationException', { 'X-Amz-Target': 'Nobody.AdminGetUser' }, '{}'],
    ['UnknownOperationException', { 'X-Amz-Target': 'AWSStepFunctions.StartExecution' }, '{}'],
    ['UnknownOperationException', { 'X-Amz-Target': '__proto__.AdminGetUser' }, '{}'],
    ['UnknownOperationException', {}, '{}'],
    ['SerializationException', target, '{"Username":'],
    ['SerializationException', target, '[]'],
    ['SerializationException', target, 'null'],
  ])('is refused with %s for %j and body %s', async (name, headers, body) => {
    const response = await raw({ ...signed, ...headers }, body);

    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ __type: name });
    expect(cognito.carriedOut).toEqual([]);
  });

  it('may have a body of 10 MB and no more', async () => {
    const filled = (size: number) => `{"fill":"${'x'.repeat(size - 11)}"}`;

    expect((await raw({ ...signed, ...target }, filled(10 * 1024 * 1024))).status).toBe(200);
    expect((await raw({ ...signed, ...target }, filled(10 * 1024 * 1024 + 1))).status).toBe(413);
  });

  it('is recorded, whether it succeeds or not, without its input', async () => {
    const before = Date.now();
    await cognitoClient().send(reset);
    cognito.answer = () => {
      throw new ServiceError('UserNotFoundException', 'no');
    };
    await expect(cognitoClient().send(reset)).rejects.toThrow();

    const calls = gateway.calls();
    expect(calls.map(({ at, ...call }) => call)).toEqual(
      [1, 2].map(() => ({ service: 'cognito-idp', operation: 'AdminResetUserPassword' })),
    );
    for (const { at } of calls) expect(at).toBeGreaterThanOrEqual(before);
  });
});

describe('authorization', () => {
  it('is asked for the action on the resource, in the name of the access key', async () => {
    await cognitoClient().send(reset);

    expect(authorized).toEqual([[{ accessKeyId: 'AKIDEXAMPLE' }, 'cognito-idp:AdminResetUserPassword', POOL]]);
  });

  it('keeps what it denies from being carried out', async () => {
    denial = new ServiceError('AccessDeniedException', 'not you');

    await expect(cognitoClient().send(reset)).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: 'not you',
      $metadata: { httpStatusCode: 400 },
    });
    expect(cognito.carriedOut).toEqual([]);
  });

  it('is not asked for an operation without a resource', async () => {
    await cognitoClient().send(new ForgotPasswordCommand({ ClientId: 'client', Username: 'user@example.com' }));

    expect(authorized).toEqual([]);
    expect(cognito.carriedOut).toHaveLength(1);
  });

  it.each<Record<string, string>>([{}, { Authorization: 'Bearer token' }])(
    'needs a signature, and %j is none',
    async (headers) => {
      const response = await raw({ ...target, ...headers });

      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject({ __type: 'MissingAuthenticationTokenException' });
      expect(cognito.carriedOut).toEqual([]);
    },
  );
});

describe('a fault', () => {
  const operation = 'AdminResetUserPassword';

  it.each<[Fault['instead'], object, number]>([
    [{ status: 400, name: 'TooManyRequestsException' }, { name: 'TooManyRequestsException' }, 0],
    [
      { status: 500, name: 'InternalErrorException', message: 'a bad day' },
      { name: 'InternalErrorException', message: 'a bad day', $metadata: { httpStatusCode: 500 } },
      0,
    ],
    ['cut-before', { message: expect.stringContaining('socket hang up') }, 0],
    ['cut-after', { message: expect.stringContaining('socket hang up') }, 1],
    ['garbage', { name: 'SyntaxError' }, 1],
  ])('%j shows in the SDK as %j, the operation carried out %i times', async (instead, error, carriedOut) => {
    faults.add({ operation, instead });

    await expect(cognitoClient().send(reset)).rejects.toMatchObject(error);

    expect(cognito.carriedOut).toHaveLength(carriedOut);
    // THEN it befell one call only
    await expect(cognitoClient().send(reset)).resolves.toBeDefined();
  });

  it.each<[Fault['instead'], number]>([
    ['hang', 0],
    ['slow-body', 1],
  ])('%s lasts until somebody gives up, the operation carried out %i times', async (instead, carriedOut) => {
    faults.add({ operation, instead });
    const client = new CognitoIdentityProviderClient({ ...options(), requestHandler: { socketTimeout: 300 } });
    const before = Date.now();

    await expect(client.send(reset)).rejects.toThrow();

    expect(Date.now() - before).toBeGreaterThanOrEqual(290);
    expect(cognito.carriedOut).toHaveLength(carriedOut);
  });

  it.each<Fault['instead']>(['hang', 'slow-body'])('%s ends when the gateway stops', async (instead) => {
    faults.add({ operation, instead });
    const failed = expect(cognitoClient().send(reset)).rejects.toThrow();
    await wait(100);

    await gateway.stop();

    await failed;
  });

  it('may only delay', async () => {
    faults.add({ operation, delay: 200 });
    const before = Date.now();

    await cognitoClient().send(reset);

    expect(Date.now() - before).toBeGreaterThanOrEqual(195);
    expect(cognito.carriedOut).toHaveLength(1);
  });

  it('that delays past the end of the gateway keeps the operation from being carried out', async () => {
    faults.add({ operation, delay: 100 });
    const failed = expect(cognitoClient().send(reset)).rejects.toThrow();
    await wait(50);

    await gateway.stop();
    await wait(100);

    await failed;
    expect(cognito.carriedOut).toEqual([]);
  });

  const refused = { status: 400, name: 'TooManyRequestsException' };

  it.each<[string, Partial<Fault>, boolean[]]>([
    ['once unless it says more', {}, [true, false, false]],
    ['as often as it says', { times: 2 }, [true, true, false]],
    ['for ever when it says so', { times: Number.POSITIVE_INFINITY }, [true, true, true]],
    ['its own service', { service: 'cognito-idp' }, [true, false, false]],
    ['no other service', { service: 'dynamodb' }, [false, false, false]],
    ['no other operation', { operation: 'AdminGetUser' }, [false, false, false]],
    ['nobody at probability 0', { probability: 0 }, [false, false, false]],
    ['everybody at probability 1', { probability: 1, times: 3 }, [true, true, true]],
  ])('befalls %s', async (_, fault, expected) => {
    faults.add({ operation, instead: refused, ...fault });

    const failed = [];
    for (let i = 0; i < 3; i += 1) {
      failed.push(
        await cognitoClient()
          .send(reset)
          .then(
            () => false,
            () => true,
          ),
      );
    }

    expect(failed).toEqual(expected);
  });

  it('befalls about its share of the calls', () => {
    faults.add({ operation, probability: 0.5, times: Number.POSITIVE_INFINITY });

    const befallen = Array.from({ length: 1000 }, () => faults.take('cognito-idp', operation)).filter(Boolean).length;

    // Outside of these bounds once in 10^9 runs or less.
    expect(befallen).toBeGreaterThan(400);
    expect(befallen).toBeLessThan(600);
  });

  it('comes in the order in which it was added, can be removed alone and with all others', () => {
    const [, removeSecond] = ['first', 'second', 'third'].map((name) =>
      faults.add({ operation, instead: { status: 400, name } }),
    );
    const next = () => (faults.take('cognito-idp', operation)?.instead as { name: string } | undefined)?.name;

    expect(next()).toBe('first');
    removeSecond?.();
    expect(next()).toBe('third');
    faults.add({ operation });
    faults.clear();
    expect(next()).toBeUndefined();
  });

  it('can be added and removed by hand', async () => {
    const edit = (method: string, body?: object) =>
      fetch(`${gateway.endpoint}/_sandbox/faults`, { method, body: body && JSON.stringify(body) });

    expect((await edit('POST', { operation, instead: refused, times: 5 })).status).toBe(204);
    await expect(cognitoClient().send(reset)).rejects.toMatchObject({ name: 'TooManyRequestsException' });
    expect((await edit('DELETE')).status).toBe(204);
    await expect(cognitoClient().send(reset)).resolves.toBeDefined();
    expect((await edit('GET')).status).toBe(405);
  });

  it.each([
    [[], 'operation names what goes wrong'],
    [{ operation, effect: 'hang' }, 'a fault has no field "effect"'],
    [{ operation, times: 0 }, 'times is a number'],
    [{ operation, probability: 2 }, 'probability is a number between 0 and 1'],
    [{ operation, delay: '1s' }, 'delay is a number of milliseconds'],
    [{ operation, service: 1 }, 'service is a prefix'],
    [{ operation, instead: 'explode' }, 'instead is one of cut-before, cut-after, hang, slow-body, garbage'],
    [{ operation, instead: { status: 200, name: 'Fine' } }, 'instead is one of'],
  ])('by hand as %j is refused with what is wrong', async (fault, reason) => {
    const response = await fetch(`${gateway.endpoint}/_sandbox/faults`, {
      method: 'POST',
      body: JSON.stringify(fault),
    });

    expect(response.status).toBe(400);
    expect(await response.text()).toContain(reason);
    expect(faults.take('cognito-idp', operation)).toBeUndefined();
  });
});

describe('the endpoint', () => {
  it('is on the loopback interface', () => {
    expect(gateway.endpoint).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  });

  it('says which port is in use', async () => {
    const port = Number(new URL(gateway.endpoint).port);

    await expect(Gateway.start({ services: [], faults, port })).rejects.toThrow(
      `port ${port} on 127.0.0.1 is in use: end what listens there, or choose another port`,
    );
  });

  it('is on the port asked for', async () => {
    const port = Number(new URL(gateway.endpoint).port);
    await gateway.stop();

    const other = await Gateway.start({ services: [], faults, port });

    expect(other.endpoint).toBe(`http://127.0.0.1:${port}`);
    await other.stop();
  });

  it('keeps a connection for the next call', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const reused = [];
    for (let i = 0; i < 3; i += 1) {
      const call = request(gateway.endpoint, { agent, method: 'POST', headers: { ...signed, ...target } });
      const closed = new Promise((resolve) =>
        call.on('response', (response) => response.resume().on('close', resolve)),
      );
      call.end('{}');
      await closed;
      reused.push(call.reusedSocket);
    }
    agent.destroy();

    expect(reused).toEqual([false, true, true]);
  });

  it('takes requests that come bit by bit, and several at once on one connection', async () => {
    const socket = connect(Number(new URL(gateway.endpoint).port), '127.0.0.1');
    let received = '';
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      received += chunk;
    });
    const requests = ['first', 'second'].map((name) => {
      const body = JSON.stringify({ name });
      const headers = Object.entries({ Host: 'localhost', ...signed, ...target, 'Content-Length': body.length });
      return `POST / HTTP/1.1\r\n${headers.map(([key, value]) => `${key}: ${value}\r\n`).join('')}\r\n${body}`;
    });
    cognito.answer = () => ({ answer: cognito.carriedOut.length });

    for (const part of requests.join('').match(/.{1,150}/gs) ?? []) {
      socket.write(part);
      await wait(5);
    }
    while (!received.includes('"answer":2')) await new Promise(setImmediate);
    socket.destroy();

    expect(cognito.carriedOut.map(([, input]) => input)).toEqual([{ name: 'first' }, { name: 'second' }]);
    expect(received.match(/"answer":\d/g)).toEqual(['"answer":1', '"answer":2']);
  });
});
