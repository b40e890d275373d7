import { createHash, createHmac, type Hash, type Hmac } from 'node:crypto';
import { fromEnv } from '@aws-sdk/credential-provider-env';
import { SignatureV4 } from '@smithy/signature-v4';
import { isObject, type Json } from './update-request';

/** In milliseconds. */
const TIMEOUT = 10_000;

/** An error that Cognito returned, or `NoAnswer` when it is not known whether the call was carried out. */
export class CallError extends Error {
  constructor(
    readonly operation: string,
    override readonly name: string,
  ) {
    super(`${operation} failed with ${name}`);
  }
}

/**
 * The user pool, in raw JSON. The SDK drops the fields that its version does not know, on reading and on writing, and every
 * one of them would be set to its default.
 */
export class RawUserPool {
  readonly #url: URL;
  readonly #signer: SignatureV4;

  /** @param urlSuffix the domain of AWS in the partition, such as `amazonaws.com` */
  constructor(
    readonly id: string,
    urlSuffix: string,
  ) {
    const region = id.split('_', 1)[0];
    this.#url = new URL(process.env.AWS_ENDPOINT_URL ?? `https://cognito-idp.${region}.${urlSuffix}`);
    this.#signer = new SignatureV4({ service: 'cognito-idp', region, credentials: fromEnv(), sha256: Sha256 });
  }

  /** @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_DescribeUserPool.html */
  async describe(): Promise<Json> {
    const { UserPool } = await this.#call('DescribeUserPool', { UserPoolId: this.id });
    if (!isObject(UserPool)) throw new CallError('DescribeUserPool', 'NoAnswer');
    return UserPool;
  }

  /** @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_GetUserPoolMfaConfig.html */
  getMfaConfig(): Promise<Json> {
    return this.#call('GetUserPoolMfaConfig', { UserPoolId: this.id });
  }

  /** @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UpdateUserPool.html */
  async update(request: Json): Promise<void> {
    await this.#call('UpdateUserPool', request);
  }

  async #call(operation: string, input: Json): Promise<Json> {
    const body = JSON.stringify(input);
    const { method, headers } = await this.#signer.sign({
      method: 'POST',
      protocol: this.#url.protocol,
      hostname: this.#url.hostname,
      path: '/',
      headers: {
        host: this.#url.host,
        'content-type': 'application/x-amz-json-1.1',
        'x-amz-target': `AWSCognitoIdentityProviderService.${operation}`,
      },
      body,
    });
    const answer = await fetch(this.#url, { method, headers, body, signal: AbortSignal.timeout(TIMEOUT) })
      .then(async (response) => ({ ok: response.ok, status: response.status, json: parse(await response.text()) }))
      .catch(() => undefined);
    if (answer?.ok && answer.json !== undefined) return answer.json;
    throw new CallError(operation, nameOfRefusal(answer));
  }
}

/** A response without an exception's name may come from a proxy, and one of 500 and above says nothing of what was done. */
function nameOfRefusal(answer: { status: number; json: Json | undefined } | undefined): string {
  const [name = ''] = String(answer?.json?.__type ?? '')
    .split('#')
    .slice(-1);
  const refused = answer !== undefined && answer.status >= 400 && answer.status < 500;
  return refused && /^[A-Z][A-Za-z]{0,63}Exception$/.test(name) ? name : 'NoAnswer';
}

function parse(text: string): Json | undefined {
  try {
    const value: unknown = JSON.parse(text || '{}');
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** SHA-256 as the signer takes it. */
class Sha256 {
  readonly #secret: string | Uint8Array | undefined;
  #hash: Hash | Hmac;

  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#secret = secret === undefined || typeof secret === 'string' ? secret : toBytes(secret);
    this.#hash = this.#create();
  }

  update(data: string | ArrayBuffer | ArrayBufferView): void {
    this.#hash.update(typeof data === 'string' ? data : toBytes(data));
  }

  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }

  reset(): void {
    this.#hash = this.#create();
  }

  #create(): Hash | Hmac {
    return this.#secret === undefined ? createHash('sha256') : createHmac('sha256', this.#secret);
  }
}

function toBytes(data: ArrayBuffer | ArrayBufferView): Uint8Array {
  return ArrayBuffer.isView(data)
    ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    : new Uint8Array(data);
}
