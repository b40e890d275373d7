import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { makeSelfSignedCertificate } from '../tools/shared/self-signed-certificate';

export interface Counts {
  readonly handshakes: number;
  readonly requests: number;
  /** The most that were open at once. */
  readonly connections: number;
}

/** The process of the TLS endpoint, with a port for each latency and a certificate that is made for this run. */
export class Endpoint {
  /** @param folder for the key and the certificate */
  static async start(folder: string, latencies: readonly number[]): Promise<Endpoint> {
    const { key, certificate } = makeSelfSignedCertificate(folder);
    const child = fork(join(__dirname, 'endpoint.cjs'), [key, certificate, ...latencies.map(String)], { execArgv: [] });
    const [ports] = (await once(child, 'message')) as [number[]];
    return new Endpoint(child, certificate, new Map(latencies.map((latency, index) => [latency, ports[index] ?? 0])));
  }

  private constructor(
    private readonly child: ReturnType<typeof fork>,
    readonly certificate: string,
    private readonly ports: ReadonlyMap<number, number>,
  ) {}

  url(latency: number): string {
    return `https://127.0.0.1:${this.ports.get(latency)}`;
  }

  /** The text of every object of S3 from now on. */
  serveObject(object: string): void {
    this.child.send({ object });
  }

  /** What happened since the last call of this method. */
  async takeCounts(): Promise<Counts> {
    this.child.send('counts');
    const [counts] = (await once(this.child, 'message')) as [Counts];
    return counts;
  }

  stop(): void {
    this.child.kill();
  }
}
