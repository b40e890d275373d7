import { connect, createServer, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { DeployedReset } from './deployed-reset';
import { listen, TlsEndpoint } from './tls-endpoint';

/** What an endpoint does with idle connections while a function is frozen. */
export const ENDINGS = {
  FIN: (connection: Socket) => void connection.end(),
  RST: (connection: Socket) => void connection.resetAndDestroy(),
  /** The client learns of it only when it sends. */
  drop: (connection: Socket) =>
    void connection
      .unpipe()
      .removeAllListeners('data')
      .on('data', () => connection.resetAndDestroy())
      .resume(),
};

export interface FrozenResets {
  /** How many invocations ended with each status or error. */
  readonly outcomes: Readonly<Record<string, number>>;
  readonly invocations: number;
  /** How many resets reached the endpoint. */
  readonly requests: number;
}

/**
 * Invokes the reset function over TLS in processes side by side, round by round. Between two rounds the processes are
 * frozen, and meanwhile the endpoint ends their connections, in each of these ways in turn.
 */
export async function resetBetweenFreezes(
  processes: number,
  rounds: number,
  frozenFor: number,
  endings: readonly (keyof typeof ENDINGS)[],
): Promise<FrozenResets> {
  const endpoint = await TlsEndpoint.start();
  // Between the two, because TLS sockets end in other ways.
  let connections: Socket[] = [];
  const proxy = createServer({ allowHalfOpen: false }, (connection) => {
    connections.push(connection);
    const upstream = connect(endpoint.port, '127.0.0.1').on('error', () => {});
    connection.on('error', () => {}).on('close', () => upstream.destroy());
    connection.pipe(upstream).pipe(connection);
  });
  const functionEnvironment = endpoint.environment(await listen(proxy));
  const reset = await DeployedReset.start({}, { functionEnvironment });

  const outcomes: Record<string, number> = {};
  for (let round = 0; round <= rounds; round++) {
    const answers = await Promise.all(Array.from({ length: processes }, () => reset.invoke({ username: 'one' })));
    for (const { status, errorType } of answers) {
      const outcome = String(status ?? errorType);
      outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
    }
    if (round === rounds) break;
    reset.sandbox.lambda.freeze(reset.functionName);
    for (const [index, connection] of connections.entries()) {
      ENDINGS[endings[(index + round) % endings.length] ?? 'FIN'](connection);
    }
    connections = [];
    // real time: the functions are stopped meanwhile, and being stopped for longer is as good.
    await wait(frozenFor);
  }

  await reset.stop();
  endpoint.stop();
  proxy.close();
  return { outcomes, invocations: processes * (rounds + 1), requests: endpoint.requests };
}
