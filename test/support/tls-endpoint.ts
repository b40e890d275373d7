import { EventEmitter, once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo, Server as TcpServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeSelfSignedCertificate } from '../../tools/shared/self-signed-certificate';

export interface TlsEndpointOptions {
  /**
   * Whether each connection is closed after its first answer, which does not say so.
   *
   * @default false
   */
  readonly closesSilently?: boolean;
}

/** An endpoint over TLS that answers every call with an empty object. Emits `connected` after each handshake. */
export class TlsEndpoint extends EventEmitter {
  static async start({ closesSilently = false }: TlsEndpointOptions = {}): Promise<TlsEndpoint> {
    const folder = mkdtempSync(join(tmpdir(), 'certificate-'));
    const { key, certificate } = makeSelfSignedCertificate(folder);
    const server = createServer({ key: readFileSync(key), cert: readFileSync(certificate) });
    server.keepAliveTimeout = 0;
    if (closesSilently) server.on('request', ({ socket }, response) => response.on('finish', () => socket.end()));
    return new TlsEndpoint(server, await listen(server), certificate, folder);
  }

  handshakes = 0;
  requests = 0;

  private constructor(
    private readonly server: Server,
    readonly port: number,
    /** The file of the certificate, for NODE_EXTRA_CA_CERTS. */
    readonly certificate: string,
    private readonly folder: string,
  ) {
    super();
    server.on('secureConnection', () => {
      this.handshakes += 1;
      this.emit('connected');
    });
    server.on('request', (request, response) => {
      this.requests += 1;
      request.resume().on('end', () => response.end('{}'));
    });
  }

  /** What a function needs to call the endpoint, or what listens on the port in front of it. */
  environment(port = this.port): Record<string, string> {
    return { AWS_ENDPOINT_URL: `https://127.0.0.1:${port}`, NODE_EXTRA_CA_CERTS: this.certificate };
  }

  stop(): void {
    this.server.close();
    this.server.closeAllConnections();
    rmSync(this.folder, { recursive: true });
  }
}

/** Listens on a free port of the loopback interface, and resolves to it. */
export async function listen(server: TcpServer): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}
