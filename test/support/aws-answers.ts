import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** The response of an API: a value in its protocol, an error, or a fault of the connection or the body. */
export type AwsAnswer =
  | { readonly value: unknown }
  | { readonly status: number; readonly name: string; readonly message?: string }
  | 'hang'
  | 'slow-body'
  | 'cut'
  | 'garbage'
  | 'empty';

/** Responses by operation, or what is called for each. Other operations do not exist. */
export type AwsAnswers = Readonly<Record<string, AwsAnswer | (() => AwsAnswer)>>;

/** A call that the server received. */
export interface AwsCall {
  readonly region: string;
  readonly operation: string;
  /** The input, parsed from JSON; for Amazon SNS, the query parameters. */
  readonly input: Readonly<Record<string, unknown>>;
}

/**
 * AWS End User Messaging SMS, Amazon SNS and CloudWatch on a loopback endpoint, with configurable responses for each
 * Region. Tests that run concurrently use a Region each.
 */
export class AwsAnswersServer {
  static async start(): Promise<AwsAnswersServer> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new AwsAnswersServer(server);
  }

  readonly endpoint: string;
  readonly calls: AwsCall[] = [];
  readonly #regions = new Map<string, AwsAnswers>();

  private constructor(private readonly server: Server) {
    this.endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    server.on('request', (request, response) => {
      this.#answer(request, response).catch(() => response.destroy());
    });
  }

  /** Adds a Region with these responses and returns its name. */
  region(answers: AwsAnswers): string {
    const region = `test-${this.#regions.size}`;
    this.#regions.set(region, answers);
    return region;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await text(request);
    const region = /Credential=[^/]+\/\d+\/([^/]+)\//.exec(request.headers.authorization ?? '')?.[1] ?? '';
    const target = request.headers['x-amz-target'];
    const query = new URLSearchParams(body);
    const operation = typeof target === 'string' ? `${target.split('.')[1]}` : `${query.get('Action')}`;
    const input = typeof target === 'string' ? JSON.parse(body) : Object.fromEntries(query);
    this.calls.push({ region, operation, input });
    const missing: AwsAnswer = { status: 400, name: 'UnknownOperationException' };
    const given = this.#regions.get(region)?.[operation] ?? missing;
    const answer = typeof given === 'function' ? given() : given;

    const headers = {
      'content-type': typeof target === 'string' ? 'application/x-amz-json-1.0' : 'text/xml',
      'x-amzn-requestid': '00000000-0000-0000-0000-000000000000',
    };
    if (answer === 'hang') return;
    if (answer === 'cut') response.destroy();
    else if (answer === 'slow-body') response.writeHead(200, headers).write(typeof target === 'string' ? '{' : '<');
    else if (answer === 'garbage') response.writeHead(200, headers).end('it works!');
    else if (answer === 'empty') response.writeHead(200, headers).end();
    else if ('value' in answer) {
      const inJson = JSON.stringify(answer.value);
      response.writeHead(200, headers).end(typeof target === 'string' ? inJson : resultInXml(operation, answer.value));
    } else {
      const { status, name, message = 'no' } = answer;
      const inJson = JSON.stringify({ __type: `com.amazonaws#${name}`, message });
      const inXml = `<ErrorResponse><Error><Type>Sender</Type><Code>${name}</Code><Message>${message}</Message></Error><RequestId>0</RequestId></ErrorResponse>`;
      response.writeHead(status, headers).end(typeof target === 'string' ? inJson : inXml);
    }
  }
}

function resultInXml(operation: string, value: unknown): string {
  const result = `<${operation}Result>${inXml(value)}</${operation}Result>`;
  const metadata = '<ResponseMetadata><RequestId>0</RequestId></ResponseMetadata>';
  return `<${operation}Response xmlns="http://sns.amazonaws.com/doc/2010-03-31/">${result}${metadata}</${operation}Response>`;
}

/** Serializes a value for the query protocol, in which lists consist of `member` elements. */
function inXml(value: unknown): string {
  if (Array.isArray(value)) return value.map((member) => `<member>${inXml(member)}</member>`).join('');
  if (typeof value !== 'object' || value === null) return String(value);
  return Object.entries(value)
    .map(([name, field]) => `<${name}>${inXml(field)}</${name}>`)
    .join('');
}
