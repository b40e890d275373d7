import { createHmac, randomBytes } from 'node:crypto';
import { type Json, type KeyDefinition, type Service, ServiceError } from '../../model';

/** For each MAC algorithm, the key spec that it requires and the name of its hash in Node.js. */
const ALGORITHMS = new Map<unknown, { readonly keySpec: string; readonly hash: string }>([
  ['HMAC_SHA_224', { keySpec: 'HMAC_224', hash: 'sha224' }],
  ['HMAC_SHA_256', { keySpec: 'HMAC_256', hash: 'sha256' }],
  ['HMAC_SHA_384', { keySpec: 'HMAC_384', hash: 'sha384' }],
  ['HMAC_SHA_512', { keySpec: 'HMAC_512', hash: 'sha512' }],
]);

/** The maximum length of each parameter, in bytes. The minimum is 1. */
const MAX_BYTES = { Message: 4096, Mac: 6144 } as const;

interface Key {
  readonly definition: KeyDefinition;
  readonly secret: Buffer;
}

/**
 * AWS KMS, with two operations: GenerateMac and VerifyMac, with the keys of the cloud assembly. Every start of the service
 * generates new key material.
 *
 * Key policies are not evaluated: a role may do what its own policies allow. That matches AWS within one account when the key
 * policy delegates to IAM, as the key policy of the CDK does. What another key policy denies, or grants to a role without
 * a policy of its own, is ignored.
 *
 * @see https://docs.aws.amazon.com/kms/latest/APIReference/API_GenerateMac.html
 * @see https://docs.aws.amazon.com/kms/latest/APIReference/API_VerifyMac.html
 */
export class KmsService implements Service {
  readonly prefix = 'kms';
  readonly #keys: readonly Key[];

  constructor(keys: readonly KeyDefinition[]) {
    this.#keys = keys.map((definition) => ({ definition, secret: randomBytes(64) }));
  }

  /**
   * The ARN of the key, also when the call names it by id or alias. An ARN is returned unchanged, whether the key exists or
   * not, so that a role cannot find out which keys exist besides its own.
   */
  resource(operation: string, { KeyId: keyId }: Json, region: string | undefined): string {
    if (operation !== 'GenerateMac' && operation !== 'VerifyMac') {
      throw new ServiceError('UnknownOperationException', 'the sandbox does not support this operation');
    }
    if (typeof keyId !== 'string' || keyId === '') throw validationError('keyId', 'must not be null or empty');
    return this.#arnOf(keyId, region);
  }

  async call(operation: string, input: Json, region: string | undefined): Promise<Json> {
    const keyArn = this.resource(operation, input, region);
    const message = bytesOf(input, 'Message');
    const givenMac = operation === 'VerifyMac' ? bytesOf(input, 'Mac') : undefined;
    const algorithm = ALGORITHMS.get(input.MacAlgorithm);
    if (!algorithm)
      throw validationError('macAlgorithm', `must satisfy enum value set: [${[...ALGORITHMS.keys()].join(', ')}]`);

    const { definition, secret } = this.#usableKey(keyArn);
    const { keyUsage, keySpec } = definition;
    if (keyUsage !== 'GENERATE_VERIFY_MAC') {
      throw invalidUsage(`${keyArn} key usage is ${keyUsage} which is not valid for ${operation}.`);
    }
    if (keySpec !== algorithm.keySpec) {
      throw invalidUsage(`Algorithm ${input.MacAlgorithm} is incompatible with key spec ${keySpec}.`);
    }
    if (input.DryRun === true) {
      const wouldSucceed = 'The request would have succeeded, but the DryRun option is set.';
      throw new ServiceError('DryRunOperationException', wouldSucceed);
    }

    const mac = createHmac(algorithm.hash, secret).update(message).digest();
    const answer = { KeyId: keyArn, MacAlgorithm: input.MacAlgorithm };
    if (!givenMac) return { ...answer, Mac: mac.toString('base64') };
    // The message of this error is empty on AWS, too.
    if (!givenMac.equals(mac)) throw new ServiceError('KMSInvalidMacException', '');
    return { ...answer, MacValid: true };
  }

  #usableKey(keyArn: string): Key {
    const key = this.#keys.find(({ definition }) => definition.keyArn === keyArn);
    if (!key) throw notFound(`Key '${keyArn}' does not exist`);
    const { origin, enabled } = key.definition;
    // Key material cannot be imported in the sandbox.
    if (origin !== 'AWS_KMS') throw new ServiceError('KMSInvalidStateException', `${keyArn} is pending import.`);
    if (!enabled) throw new ServiceError('DisabledException', `${keyArn} is disabled.`);
    return key;
  }

  /** An ARN must be of the Region that the request is signed for. An id or alias is looked up in that Region. */
  #arnOf(keyId: string, region: string | undefined): string {
    const regionOfArn = keyId.startsWith('arn:') ? regionOf(keyId) : region;
    if (regionOfArn !== region) throw notFound(`Invalid arn ${regionOfArn}`);
    if (/^arn:.+:key\//.test(keyId)) return keyId;
    const named = this.#keys.find(
      ({ definition: key }) => regionOf(key.keyArn) === region && [key.keyId, ...aliasesOf(key)].includes(keyId),
    );
    if (named) return named.definition.keyArn;
    throw notFound(/\balias\//.test(keyId) ? `Alias ${keyId} is not found.` : `Invalid keyId '${keyId}'`);
  }
}

function regionOf(arn: string): string | undefined {
  return arn.split(':')[3];
}

/** The names and ARNs of the aliases of a key. */
function aliasesOf({ keyArn, aliases }: KeyDefinition): string[] {
  const [prefix] = keyArn.split('key/');
  return aliases.flatMap((alias) => [alias, `${prefix}${alias}`]);
}

/** Reads a binary parameter, which is base64 in JSON. */
function bytesOf(input: Json, name: keyof typeof MAX_BYTES): Buffer {
  const text = input[name] ?? '';
  if (typeof text !== 'string') throw new ServiceError('SerializationException', `${name} is not base64`);
  const bytes = Buffer.from(text, 'base64');
  if (bytes.length >= 1 && bytes.length <= MAX_BYTES[name]) return bytes;
  throw validationError(name.toLowerCase(), `must have length from 1 to ${MAX_BYTES[name]}`);
}

/** The error never contains the value. */
function validationError(member: string, constraint: string): ServiceError {
  const violation = `Value at '${member}' failed to satisfy constraint: Member ${constraint}`;
  return new ServiceError('ValidationException', `1 validation error detected: ${violation}`);
}

function invalidUsage(message: string): ServiceError {
  return new ServiceError('InvalidKeyUsageException', message);
}

function notFound(message: string): ServiceError {
  return new ServiceError('NotFoundException', message);
}
