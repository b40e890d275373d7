import { type KMSClient, VerifyMacCommand } from '@aws-sdk/client-kms';
import type { CustomMessageTriggerEvent } from 'aws-lambda';
import { RESERVED_METADATA_KEY } from '../../lib/contract/reset';
import { createKmsClient } from '../shared/signing/kms-client';
import { foldName, formOf, MAC_ALGORITHM, messageToSign, readToken, type Token } from '../shared/signing/token';
import { withTimeLimit } from '../shared/time-limit';
import type { Reason } from './reason';

/** Who asked for a message. */
export type Requester =
  /** The reset function, with this metadata. */
  | { readonly kind: 'admin'; readonly metadata: Readonly<Record<string, string>> }
  /** Anyone; with a reason when there was a token that proves nothing. */
  | { readonly kind: 'selfService'; readonly reason?: Reason }
  /** There is a token that cannot be verified now, because the key cannot be used: the name or code of the error. */
  | { readonly kind: 'unverifiable'; readonly errorName: string };

/** How old a token may be, and how far ahead the clock of the function that made it, in milliseconds. */
const MOST_AGE = 5 * 60_000;
const MOST_AHEAD = 30_000;

/** How long KMS may take in all, in milliseconds: Cognito waits five seconds for the whole of the trigger. */
const KMS_TIMEOUT = 1_500;

/** Tells by the token in ClientMetadata whether the reset function asked for a message. */
export class Verifier {
  readonly #keys: readonly Key[];
  readonly #caseInsensitive: boolean;

  /** @param keyArns the current key first */
  constructor(keyArns: readonly string[], caseInsensitive: boolean) {
    this.#keys = keyArns.map((arn) => new Key(arn));
    this.#caseInsensitive = caseInsensitive;
  }

  async identifyRequester({ userPoolId, userName, request }: CustomMessageTriggerEvent): Promise<Requester> {
    const { [RESERVED_METADATA_KEY]: text, ...metadata } = request.clientMetadata ?? {};
    if (text === undefined) return { kind: 'selfService' };

    const read = readToken(text);
    if (read === undefined) return { kind: 'selfService', reason: 'MalformedToken' };
    const { token, mac } = read;
    const age = Date.now() - token.time;
    if (age > MOST_AGE) return { kind: 'selfService', reason: 'TokenTooOld' };
    if (age < -MOST_AHEAD) return { kind: 'selfService', reason: 'TokenFromTheFuture' };
    if (
      !Object.entries(metadata)
        .flat()
        .every((part) => part.isWellFormed())
    ) {
      return { kind: 'selfService', reason: 'MalformedMetadata' };
    }
    const names = this.#namesFor(token, userName, request.userAttributes);
    if (names.length === 0) return { kind: 'selfService', reason: 'NoNameOfThisForm' };
    const messages = names.map((name) => messageToSign(userPoolId, token, name, metadata));

    try {
      const valid = await withTimeLimit(KMS_TIMEOUT, (signal) => this.#anyValid(messages, mac, signal));
      return valid ? { kind: 'admin', metadata } : { kind: 'selfService', reason: 'InvalidMac' };
    } catch (error) {
      const { code, name } = error as NodeJS.ErrnoException;
      return { kind: 'unverifiable', errorName: typeof code === 'string' ? code : name };
    }
  }

  /** The names that the reset can have been asked for with. An alias that is not verified signs nobody in. */
  #namesFor({ form, folded }: Token, userName: string, attributes: Readonly<Record<string, string>>): string[] {
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

  async #anyValid(messages: readonly Uint8Array[], mac: Uint8Array, signal: AbortSignal): Promise<boolean> {
    for (const key of this.#keys) {
      for (const message of messages) {
        if (await key.verify(message, mac, signal)) return true;
      }
    }
    return false;
  }
}

/** A key of AWS KMS, and the one call that may be made on it. */
class Key {
  readonly #arn: string;
  readonly #client: KMSClient;

  constructor(arn: string) {
    this.#arn = arn;
    this.#client = createKmsClient(arn);
  }

  /** Throws when KMS does not say. */
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

/** KMS said no. An answer with this name and another status may come from something in between. */
function isInvalidMac(error: unknown): boolean {
  const status = (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode ?? 0;
  return status >= 400 && status < 500 && (error as Error).name === 'KMSInvalidMacException';
}
