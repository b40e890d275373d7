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
import { until } from '../../src/testing';

const POOL = 'arn:aws:cognito-idp:eu-central-1:111122223333:userpool/eu-central-1_example';

/** A service that records its calls and answers as a test says. */
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

/** Sends a request that no SDK would send. */
function raw(headers: Record<string, string>, body = '{}'): Promise<Response> {
  return fetch(gateway.endpoint, { method: 'POST', headers, body });
}

const target = { 'X-Amz-Target': 'AWSCognitoIdentityProviderService.AdminResetUserPassword' };
const signed = {
  Authorization: 'AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260101/eu-central-1/cognito-idp/aws4_request',
};

let onCall: (() => void) | undefined;
beforeEach(async () => {
  onCall = undefined;
  cognito = new Scripted('cognito-idp');
  dynamodb = new Scripted('dynamodb');
  kms = new Scripted('kms');
  faults = new Faults();
  authorized = [];
  denial = undefined;
  internalErrors = [];
  gateway = await Gateway.start({
    onCall: () => onCall?.(),
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

describe('Gateway', () => {
  test('passes a call to its service and returns the output', async () => {
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

  test('tells the service the Region that a call is signed for', async () => {
    const client = new CognitoIdentityProviderClient({ ...options(), region: 'ap-southeast-2' });

    await client.send(reset);

    expect(cognito.regions).toEqual(['ap-southeast-2', 'ap-southeast-2']);
  });

  test('tells the service no Region when a call is not signed', async () => {
    await raw({ 'X-Amz-Target': 'AWSCognitoIdentityProviderService.ForgotPassword' });

    expect(cognito.regions).toEqual([undefined, undefined]);
  });

  test.each([
    ['AWSCognitoIdentityProviderService.AdminGetUser', 'application/x-amz-json-1.1'],
    ['DynamoDB_20120810.GetItem', 'application/x-amz-json-1.0'],
    ['TrentService.GenerateMac', 'application/x-amz-json-1.1'],
  ])('answers %s with content type %s', async (name, contentType) => {
    const response = await raw({ ...signed, 'X-Amz-Target': name });

    expect(response.headers.get('content-type')).toBe(contentType);
  });

  test('returns an error of the service with its name', async () => {
    cognito.answer = () => {
      throw new ServiceError('UserNotFoundException', 'User does not exist.');
    };

    await expect(cognitoClient().send(reset)).rejects.toMatchObject({
      name: 'UserNotFoundException',
      message: 'User does not exist.',
      $metadata: { httpStatusCode: 400 },
    });
  });

  test('returns the fields of an error', async () => {
    dynamodb.answer = () => {
      throw new ServiceError('ConditionalCheckFailedException', 'no', { fields: { Item: { id: { S: 'old' } } } });
    };

    const put = new DynamoDBClient(options()).send(
      new PutItemCommand({ TableName: 'table', Item: { id: { S: 'new' } } }),
    );

    await expect(put).rejects.toMatchObject({ name: 'ConditionalCheckFailedException', Item: { id: { S: 'old' } } });
  });

  test.each([
    ['AWSCognitoIdentityProviderService', 'InternalErrorException'],
    ['DynamoDB_20120810', 'InternalServerError'],
    ['TrentService', 'KMSInternalException'],
  ])('answers a call of %s with %s when the service itself fails, without the cause', async (api, name) => {
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

  test.each([
    ['UnknownOperationException', { 'X-Amz-Target': 'Nobody.AdminGetUser' }, '{}'],
    ['UnknownOperationException', { 'X-Amz-Target': 'AWSStepFunctions.StartExecution' }, '{}'],
    ['UnknownOperationException', { 'X-Amz-Target': '__proto__.AdminGetUser' }, '{}'],
    ['UnknownOperationException', {}, '{}'],
    ['SerializationException', target, '{"Username":'],
    ['SerializationException', target, '[]'],
    ['SerializationException', target, 'null'],
  ])('refuses with %s a call with headers %j and body %s', async (name, headers, body) => {
    const response = await raw({ ...signed, ...headers }, body);

    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ __type: name });
    expect(cognito.carriedOut).toEqual([]);
  });

  test('accepts a body of 10 MB and refuses a larger one', async () => {
    const filled = (size: number) => `{"fill":"${'x'.repeat(size - 11)}"}`;

    expect((await raw({ ...signed, ...target }, filled(10 * 1024 * 1024))).status).toBe(200);
    expect((await raw({ ...signed, ...target }, filled(10 * 1024 * 1024 + 1))).status).toBe(413);
  });

  test('records successful and failed calls without their input', async () => {
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

describe('Gateway authorization', () => {
  test('checks the action on the resource for the access key of the caller', async () => {
    await cognitoClient().send(reset);

    expect(authorized).toEqual([[{ accessKeyId: 'AKIDEXAMPLE' }, 'cognito-idp:AdminResetUserPassword', POOL]]);
  });

  test('prevents a denied operation from being carried out', async () => {
    denial = new ServiceError('AccessDeniedException', 'not you');

    await expect(cognitoClient().send(reset)).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: 'not you',
      $metadata: { httpStatusCode: 400 },
    });
    expect(cognito.carriedOut).toEqual([]);
  });

  test('is skipped for an operation without a resource', async () => {
    await cognitoClient().send(new ForgotPasswordCommand({ ClientId: 'client', Username: 'user@example.com' }));

    expect(authorized).toEqual([]);
    expect(cognito.carriedOut).toHaveLength(1);
  });

  test.each<Record<string, string>>([{}, { Authorization: 'Bearer token' }])(
    'refuses a call without a signature, such as one with headers %j',
    async (headers) => {
      const response = await raw({ ...target, ...headers });

      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject({ __type: 'MissingAuthenticationTokenException' });
      expect(cognito.carriedOut).toEqual([]);
    },
  );
});

describe('Fault injection', () => {
  const operation = 'AdminResetUserPassword';

  test.each<[Fault['instead'], object, number]>([
    [{ status: 400, name: 'TooManyRequestsException' }, { name: 'TooManyRequestsException' }, 0],
    [
      { status: 500, name: 'InternalErrorException', message: 'a bad day' },
      { name: 'InternalErrorException', message: 'a bad day', $metadata: { httpStatusCode: 500 } },
      0,
    ],
    ['cut-before', { message: expect.stringContaining('socket hang up') }, 0],
    ['cut-after', { message: expect.stringContaining('socket hang up') }, 1],
    ['garbage', { name: 'SyntaxError' }, 1],
  ])(
    'makes a call with fault %j fail with %j and carries the operation out %i times',
    async (instead, error, carriedOut) => {
      faults.add({ operation, instead });

      await expect(cognitoClient().send(reset)).rejects.toMatchObject(error);

      expect(cognito.carriedOut).toHaveLength(carriedOut);
      // THEN only one call has the fault
      await expect(cognitoClient().send(reset)).resolves.toBeDefined();
    },
  );

  test.each<[Fault['instead'], number]>([
    ['hang', 0],
    ['slow-body', 1],
  ])(
    'keeps a call with fault %s open until the client gives up and carries the operation out %i times',
    async (instead, carriedOut) => {
      faults.add({ operation, instead });
      const client = new CognitoIdentityProviderClient({ ...options(), requestHandler: { socketTimeout: 300 } });
      const before = Date.now();

      await expect(client.send(reset)).rejects.toThrow();

      // real time: at least that long.
      expect(Date.now() - before).toBeGreaterThanOrEqual(290);
      expect(cognito.carriedOut).toHaveLength(carriedOut);
    },
  );

  test.each<Fault['instead']>(['hang', 'slow-body'])(
    'ends a call with fault %s when the gateway stops',
    async (instead) => {
      faults.add({ operation, instead });
      const failed = expect(cognitoClient().send(reset)).rejects.toThrow();
      await until(() => gateway.calls().length > 0);

      await gateway.stop();

      await failed;
    },
  );

  test('delays a call that has no other fault', async () => {
    faults.add({ operation, delay: 200 });
    const before = Date.now();

    await cognitoClient().send(reset);

    // real time: at least that long.
    expect(Date.now() - before).toBeGreaterThanOrEqual(195);
    expect(cognito.carriedOut).toHaveLength(1);
  });

  test('does not carry out an operation when the gateway stops during the delay', async () => {
    faults.add({ operation, delay: 100 });
    const failed = expect(cognitoClient().send(reset)).rejects.toThrow();
    await new Promise<void>((resolve) => {
      onCall = resolve;
    });

    await gateway.stop();
    await failed;
    // real time: begins after the delay, and so ends after it.
    await wait(100);
    expect(cognito.carriedOut).toEqual([]);
  });

  const refused = { status: 400, name: 'TooManyRequestsException' };

  test.each<[string, Partial<Fault>, boolean[]]>([
    ['one call by default', {}, [true, false, false]],
    ['as many calls as `times` says', { times: 2 }, [true, true, false]],
    ['every call when `times` is Infinity', { times: Number.POSITIVE_INFINITY }, [true, true, true]],
    ['a call of the service that the fault names', { service: 'cognito-idp' }, [true, false, false]],
    ['no call of another service', { service: 'dynamodb' }, [false, false, false]],
    ['no call of another operation', { operation: 'AdminGetUser' }, [false, false, false]],
    ['no call at probability 0', { probability: 0 }, [false, false, false]],
    ['every call at probability 1', { probability: 1, times: 3 }, [true, true, true]],
  ])('affects %s', async (_, fault, expected) => {
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

  test('affects about half of the calls at probability 0.5', () => {
    faults.add({ operation, probability: 0.5, times: Number.POSITIVE_INFINITY });

    const affected = Array.from({ length: 1000 }, () => faults.take('cognito-idp', operation)).filter(Boolean).length;

    // The chance of a value outside of these bounds is less than 1 in 10^9.
    expect(affected).toBeGreaterThan(400);
    expect(affected).toBeLessThan(600);
  });

  test('uses faults in the order in which they were added, and removes one or all of them', () => {
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

  test('adds and removes faults over HTTP', async () => {
    const edit = (method: string, body?: object) =>
      fetch(`${gateway.endpoint}/_sandbox/faults`, { method, body: body && JSON.stringify(body) });

    expect((await edit('POST', { operation, instead: refused, times: 5 })).status).toBe(204);
    await expect(cognitoClient().send(reset)).rejects.toMatchObject({ name: 'TooManyRequestsException' });
    expect((await edit('DELETE')).status).toBe(204);
    await expect(cognitoClient().send(reset)).resolves.toBeDefined();
    expect((await edit('GET')).status).toBe(405);
  });

  test.each([
    [[], 'operation: got undefined, expected an operation'],
    [{ operation, effect: 'hang' }, 'fault: got the field "effect", expected one of service, operation'],
    [{ operation, times: 0 }, 'times: got 0, expected a number'],
    [{ operation, probability: 2 }, 'probability: got 2, expected a number between 0 and 1'],
    [{ operation, delay: '1s' }, 'delay: got "1s", expected a number of milliseconds'],
    [{ operation, service: 1 }, 'service: got 1, expected the prefix'],
    [
      { operation, instead: 'explode' },
      'instead: got "explode", expected one of cut-before, cut-after, hang, slow-body, garbage',
    ],
    [
      { operation, instead: { status: 200, name: 'Fine' } },
      'instead: got {"status":200,"name":"Fine"}, expected one of',
    ],
  ])('refuses %j over HTTP and answers what is wrong: %s', async (fault, reason) => {
    const response = await fetch(`${gateway.endpoint}/_sandbox/faults`, {
      method: 'POST',
      body: JSON.stringify(fault),
    });

    expect(response.status).toBe(400);
    expect(await response.text()).toContain(reason);
    expect(faults.take('cognito-idp', operation)).toBeUndefined();
  });
});

describe('The endpoint of the gateway', () => {
  test('is on the loopback interface', () => {
    expect(gateway.endpoint).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  });

  test('fails to start on a port that is in use, with an error that names the port', async () => {
    const port = Number(new URL(gateway.endpoint).port);

    await expect(Gateway.start({ services: [], faults, port })).rejects.toThrow(
      `port ${port} on 127.0.0.1 is in use: end what listens there, or choose another port`,
    );
  });

  test('is on the port that the options name', async () => {
    const port = Number(new URL(gateway.endpoint).port);
    await gateway.stop();

    const other = await Gateway.start({ services: [], faults, port });

    expect(other.endpoint).toBe(`http://127.0.0.1:${port}`);
    await other.stop();
  });

  test('keeps a connection open for the next call', async () => {
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

  test('accepts requests that arrive in pieces, and several at a time on one connection', async () => {
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
      // real time: so that the parts arrive as parts; were they joined, the test would hold too.
      await wait(5);
    }
    while (!received.includes('"answer":2')) await new Promise(setImmediate);
    socket.destroy();

    expect(cognito.carriedOut.map(([, input]) => input)).toEqual([{ name: 'first' }, { name: 'second' }]);
    expect(received.match(/"answer":\d/g)).toEqual(['"answer":1', '"answer":2']);
  });
});
