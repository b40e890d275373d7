import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { Sensitive } from '../../../lambda/shared/sensitive';
import { UserPool } from '../../../lambda/shared/user-pool';

const TARGET = { username: new Sensitive('user') };

let server: Server;
/** Every connection that was made, in order. */
let connections: Socket[];
/** The connection of every request, in order. */
let used: Socket[];
let userPool: UserPool;

beforeEach(async () => {
  connections = [];
  used = [];
  server = createServer((request, response) => {
    used.push(request.socket);
    request.resume().on('end', () => response.end('{}'));
  });
  server.keepAliveTimeout = 0;
  server.on('connection', (socket) => connections.push(socket.on('error', () => {})));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  process.env.AWS_ENDPOINT_URL = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  process.env.AWS_ACCESS_KEY_ID = 'a';
  process.env.AWS_SECRET_ACCESS_KEY = 'b';
  userPool = new UserPool('us-east-1_AbCdEfGhI');
});

afterEach(async () => {
  jest.useRealTimers();
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
});

/** Only the clock and the intervals of looking at idle connections are simulated: calls take their real time. */
function simulateClock() {
  const real = ['nextTick', 'setImmediate', 'clearImmediate', 'setTimeout', 'clearTimeout', 'queueMicrotask'] as const;
  jest.useFakeTimers({ doNotFake: [...real, 'performance', 'hrtime'], now: Date.now() });
}

async function reset(): Promise<void> {
  expect(await userPool.tryReset(TARGET)).toMatchObject({ httpStatus: 200 });
}

test('a call uses the connection of the call before', async () => {
  simulateClock();
  await reset();
  await userPool.globalSignOut(TARGET, () => 30_000);
  await reset();

  expect(connections).toHaveLength(1);
});

test('calls at the same time have a connection each, which later calls use', async () => {
  simulateClock();
  await Promise.all([reset(), reset(), reset()]);
  await Promise.all([reset(), reset(), reset()]);

  expect(connections).toHaveLength(3);
  expect(new Set(used.slice(3)).size).toBe(3);
});

test('a connection is used again until a second after its last use', async () => {
  simulateClock();
  await reset();
  jest.advanceTimersByTime(999);
  await reset();
  jest.advanceTimersByTime(999);
  await reset();
  expect(connections).toHaveLength(1);

  const closed = once(connections[0] as Socket, 'close');
  jest.advanceTimersByTime(1_200);
  await closed;
  await reset();
  expect(connections).toHaveLength(2);
});

test.each([
  ['has been frozen for half a second', 500],
  ['has been frozen for hours', 10_000_000],
  ['has a clock that was set back', -1],
])('a connection is not used again when the function %s', async (_, milliseconds) => {
  simulateClock();
  await reset();
  // No timer fires meanwhile.
  jest.setSystemTime(Date.now() + milliseconds);
  await reset();

  expect(connections).toHaveLength(2);
});

test.each([
  ['ends', (socket: Socket) => socket.end()],
  ['resets', (socket: Socket) => socket.resetAndDestroy()],
])('a connection is not used again when the endpoint %s it', async (_, close) => {
  await reset();
  const [connection] = connections as [Socket];
  const closed = once(connection, 'close');
  close(connection);
  await closed;
  await reset();

  expect(connections).toHaveLength(2);
});

test('no connection is kept for a minute after the endpoint closed one that was just used', async () => {
  // GIVEN
  await reset();
  const [connection] = connections as [Socket];
  const closed = once(connection, 'close');
  connection.end();
  await closed;
  simulateClock();

  // WHEN
  await reset();
  await reset();
  jest.setSystemTime(Date.now() + 59_000);
  await reset();
  const before = connections.length;
  jest.setSystemTime(Date.now() + 2_000);
  await reset();
  await reset();

  // THEN
  expect(before).toBe(4);
  expect(connections).toHaveLength(5);
});

test('no call has an unknown outcome when the endpoint closes every connection after its answer without saying so', async () => {
  server.on('request', (request, response) => response.on('finish', () => request.socket.end()));

  const names = new Set<string>();
  for (let call = 0; call < 1_000; call++) {
    const result = await userPool.tryReset(TARGET);
    names.add('name' in result ? result.name : 'RESET');
  }

  expect([...names]).toEqual(['RESET']);
  expect(used).toHaveLength(1_000);
});

test('a reset is retried when its connection is refused at first', async () => {
  // GIVEN a server that listens again as soon as a connection to its port is refused
  const { port } = server.address() as AddressInfo;
  await new Promise((closed) => server.close(closed));
  const errors: unknown[] = [];
  const listenWhenRefused = (message: unknown) => {
    (message as { socket: Socket }).socket.once('error', ({ code }: NodeJS.ErrnoException) => {
      errors.push(code);
      server.listen(port, '127.0.0.1');
    });
  };
  subscribe('net.client.socket', listenWhenRefused);

  // WHEN
  const answer = await userPool
    .resetPassword(TARGET, () => 30_000)
    .finally(() => unsubscribe('net.client.socket', listenWhenRefused));

  // THEN
  expect(answer).toMatchObject({ httpStatus: 200 });
  expect(errors).toEqual(['ECONNREFUSED']);
});
