import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { isIP, type Socket } from 'node:net';
import { NodeHttpHandler, type NodeHttpHandlerOptions } from '@smithy/node-http-handler';

/** How long after its last use a connection may be used again, in milliseconds. */
const MAX_IDLE = 1_000;

/** How often idle connections are looked at, in milliseconds. After a longer gap, the process may have been frozen. */
const LOOK_INTERVAL = 200;
const MAX_LOOK_GAP = 400;

/** How long no connection is kept after the endpoint closed one right after its use, in milliseconds. */
const DISTRUST_TIME = 60_000;

/**
 * The number of connections is not limited: a call of a campaign that waits for one misses its slot. The one that was
 * idle for longest is used first, so that all of them stay in use.
 */
const AGENT = { keepAlive: true, maxSockets: Number.POSITIVE_INFINITY, scheduling: 'fifo' } as const;

/**
 * Sends the requests of a client. A connection is used again only if it was used a moment ago, the process was not frozen
 * since, and it is still open after a turn of the event loop: a call on a dead connection would have an unknown outcome.
 */
export class HttpHandler extends NodeHttpHandler {
  readonly #idle: IdleConnections;
  readonly #httpsAgent: HttpsAgent;

  constructor(options: Omit<NodeHttpHandlerOptions, 'httpAgent' | 'httpsAgent'>) {
    const idle = new IdleConnections();
    const [httpAgent, httpsAgent] = [new HttpAgent(AGENT), new HttpsAgent(AGENT)];
    super({ ...options, httpAgent: idle.keptBy(httpAgent), httpsAgent: idle.keptBy(httpsAgent) });
    this.#idle = idle;
    this.#httpsAgent = httpsAgent;
  }

  override async handle(...[request, options]: Parameters<NodeHttpHandler['handle']>) {
    // A connection may become idle only a moment after its response was read, when the request is known to be written.
    if (!this.#idle.any) await turn();
    // Nothing is awaited between this and the choice of a connection.
    if (this.#idle.any) await this.#idle.check();
    return super.handle(request, options);
  }

  /** Connects for the first request, which uses the connection if it comes within a second. Never fails. */
  connectEarly(url: URL): void {
    if (url.protocol === 'https:') this.#idle.connectEarly(this.#httpsAgent, url);
  }
}

/** The connections that no request uses, each with the time of its last use in milliseconds since 1970. */
class IdleConnections {
  readonly #connections = new Map<Socket, { readonly usedAt: number; readonly early: boolean }>();
  readonly #look = () => this.#closeUnsafe();
  #timer: NodeJS.Timeout | undefined;
  #lookedAt = 0;
  #distrustedUntil = 0;

  get any(): boolean {
    return this.#connections.size > 0;
  }

  /** Lets the agent keep connections. */
  keptBy<Agent extends HttpAgent>(agent: Agent): Agent {
    const { keepSocketAlive, reuseSocket } = agent;
    agent.keepSocketAlive = (socket) => {
      const kept = Date.now() >= this.#distrustedUntil && (keepSocketAlive.call(agent, socket) as unknown as boolean);
      if (kept) this.#add(socket as Socket, false);
      return kept;
    };
    agent.reuseSocket = (socket, request) => {
      this.#remove(socket as Socket);
      reuseSocket.call(agent, socket, request);
    };
    return agent;
  }

  /** Makes a connection, which the agent uses for its first request. */
  connectEarly(agent: HttpsAgent, { hostname: host, port: portOfUrl }: URL): void {
    const port = Number(portOfUrl || 443);
    const { createConnection } = agent;
    const early = createConnection.call(agent, { host, port, servername: isIP(host) ? '' : host }) as Socket;
    // Without these, a connection that fails would end the process, and an unused one would keep the process alive.
    early.on('error', () => {}).unref();
    this.#add(early, true);
    agent.createConnection = (options, callback) => {
      agent.createConnection = createConnection;
      const fits = this.#connections.has(early) && options.host === host && Number(options.port) === port;
      if (!fits) return createConnection.call(agent, options, callback);
      this.#remove(early);
      return early.ref();
    };
  }

  /** Closes the connections that must not be used again, when it is known which of them the endpoint has closed. */
  async check(): Promise<void> {
    await turn();
    this.#closeUnsafe();
  }

  /** @param early whether the connection is new, so that it may not be established yet */
  #add(connection: Socket, early: boolean): void {
    if (this.#timer === undefined) {
      this.#lookedAt = Date.now();
      this.#timer = setInterval(this.#look, LOOK_INTERVAL).unref();
    }
    this.#connections.set(connection.once('close', this.#look), { usedAt: Date.now(), early });
  }

  #closeUnsafe(): void {
    const now = Date.now();
    const frozen = !isWithin(MAX_LOOK_GAP, this.#lookedAt, now);
    this.#lookedAt = now;
    for (const [connection, { usedAt, early }] of this.#connections) {
      const recent = !frozen && isWithin(MAX_IDLE, usedAt, now);
      const open = connection.readyState === 'open' || (early && connection.connecting);
      if (recent && open) continue;
      // The next time, the endpoint may close it while a request is on its way.
      if (recent && !early) this.#distrustedUntil = now + DISTRUST_TIME;
      this.#remove(connection);
      connection.destroy();
    }
    if (!this.any) {
      clearInterval(this.#timer);
      this.#timer = undefined;
    }
  }

  #remove(connection: Socket): void {
    this.#connections.delete(connection.off('close', this.#look));
  }
}

/** Resolves after a whole turn of the event loop: the current one may have read its events already. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
}

/** Whether so many milliseconds have passed at most. They have not when the clock was set back. */
function isWithin(milliseconds: number, from: number, to: number): boolean {
  return from <= to && to - from <= milliseconds;
}
