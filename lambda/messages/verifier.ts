import { type KMSClient, VerifyMacCommand } from '@aws-sdk/client-kms';
import type { CustomMessageTriggerEvent } from 'aws-lambda';
import { RESERVED_METADATA_KEY } from '../../lib/contract/reset';
import { createKmsClient } from '../shared/signing/kms-client';
import { foldName, formOf, MAC_ALGORITHM, messageToSign, readToken, type Token } from '../shared/signing/token';
import { withTimeLimit } from '../shared/time-limit';
import type { SignatureReason } from './reason';
import type { UsedSignatures } from './used-signatures';

/** Who requested a message. */
export type Requester =
  /** The reset function: the signature of the metadata is verified. */
  | { readonly kind: 'admin'; readonly metadata: Readonly<Record<string, string>> }
  /** Anyone who knows an app client id; with a reason when there is a token that is not valid. */
  | { readonly kind: 'selfService'; readonly reason?: SignatureReason }
  /**
   * The token could not be verified, because the signing key or the table of used signatures cannot be used. With the name
   * or code of the error.
   */
  | { readonly kind: 'unverifiable'; readonly errorName: string };

/** The maximum age of a token, in milliseconds. */
const MAX_TOKEN_AGE = 5 * 60_000;

/** How far the clock of the reset function may be ahead, in milliseconds. */
const MAX_CLOCK_LEAD = 30_000;

/** The timeout for all calls of KMS and DynamoDB together, in milliseconds. Cognito waits five seconds for the whole trigger. */
const TIMEOUT = 1_500;

/** Verifies, by the token in ClientMetadata, whether the reset function requested a message. */
export class Verifier {
  readonly #keys: readonly SigningKey[];
  readonly #caseInsensitive: boolean;
  readonly #usedSignatures: Promise<UsedSignatures> | undefined;

  /**
   * @param keyArns the ARNs of the signing keys, the current one first
   * @param usedSignatures resolves when their code is loaded; undefined when a signature may be used again
   */
  constructor(keyArns: readonly string[], caseInsensitive: boolean, usedSignatures?: Promise<UsedSignatures>) {
    this.#keys = keyArns.map((arn) => new SigningKey(arn));
    this.#caseInsensitive = caseInsensitive;
    this.#usedSignatures = usedSignatures;
  }

  async identifyRequester({ userPoolId, userName, request }: CustomMessageTriggerEvent): Promise<Requester> {
    const { [RESERVED_METADATA_KEY]: text, ...metadata } = request.clientMetadata ?? {};
    if (text === undefined) return { kind: 'selfService' };

    const read = readToken(text);
    if (read === undefined) return { kind: 'selfService', reason: 'MalformedToken' };
    const { token, mac } = read;
    const age = Date.now() - token.time;
    if (age > MAX_TOKEN_AGE) return { kind: 'selfService', reason: 'TokenTooOld' };
    if (age < -MAX_CLOCK_LEAD) return { kind: 'selfService', reason: 'TokenFromTheFuture' };
    if (
      !Object.entries(metadata)
        .flat()
        .every((part) => part.isWellFormed())
    ) {
      return { kind: 'selfService', reason: 'MalformedMetadata' };
    }
    const names = this.#possibleNames(token, userName, request.userAttributes);
    if (names.length === 0) return { kind: 'selfService', reason: 'NoNameOfThisForm' };
    const messages = names.map((name) => messageToSign(userPoolId, token, name, metadata));

    try {
      return await withTimeLimit(TIMEOUT, async (signal): Promise<Requester> => {
        if (!(await this.#verifyAny(messages, mac, signal))) return { kind: 'selfService', reason: 'InvalidMac' };
        const usable = (await (await this.#usedSignatures)?.use(mac, signal)) ?? true;
        return usable ? { kind: 'admin', metadata } : { kind: 'selfService', reason: 'SignatureUsed' };
      });
    } catch (error) {
      const { code, name } = error as NodeJS.ErrnoException;
      return { kind: 'unverifiable', errorName: typeof code === 'string' ? code : name };
    }
  }

  /** The names of this user that the reset may have used. An alias that is not verified cannot identify a user. */
  #possibleNames({ form, folded }: Token, userName: string, attributes: Readonly<Record<string, string>>): string[] {
    if (folded && !this.#caseInsensitive) return [];
    const names = [
      userName,
      attributes.sub,
      attributes.email_verified === 'true' ? attributes.email : undefined,
      attributes.phone_number_verified === 'true' ? attributes.phone_number : undefined,
    ];
    const possible = names.filter((name) => name !== undefined && formOf(name) === form) as string[];
    return [...new Set(possible.map((name) => foldName(name, folded)))];
  }

  async #verifyAny(messages: readonly Uint8Array[], mac: Uint8Array, signal: AbortSignal): Promise<boolean> {
    for (const key of this.#keys) {
      for (const message of messages) {
        if (await key.verify(message, mac, signal)) return true;
      }
    }
    return false;
  }
}

/** A signing key in AWS KMS. */
class SigningKey {
  readonly #arn: string;
  readonly #client: KMSClient;

  constructor(arn: string) {
    this.#arn = arn;
    this.#client = createKmsClient(arn);
  }

  /** Throws if KMS answers neither that the MAC is valid nor that it is invalid. */
  async verify(message: Uint8Array, mac: Uint8Array, abortSignal: AbortSignal): Promise<boolean> {
    const command = new VerifyMacCommand({ KeyId: this.#arn, MacAlgorithm: MAC_ALGORITHM, Message: message, Mac: mac });
    try {
      const { MacValid } = await this.#client.send(command, { abortSignal });
      return MacValid === true;
    } catch (error) {
      if (isInvalidMac(error)) return false;
      throw error;
    }
  }
}

/** KMS answered that the MAC is invalid. With another status, the response may come from an intermediary. */
function isInvalidMac(error: unknown): boolean {
  const status = (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode ?? 0;
  return status >= 400 && status < 500 && (error as Error).name === 'KMSInvalidMacException';
}
