import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import type { CustomMessageTriggerEvent } from 'aws-lambda';
import { HttpHandler } from '../shared/http-handler';
import { withTimeLimit } from '../shared/time-limit';

/** In milliseconds. Cognito waits five seconds for the whole trigger. */
const NEXT_TIMEOUT = 3_000;

/** The custom message function that handles what is not an admin reset. */
export class NextFunction {
  readonly #arn: string;
  readonly #client: LambdaClient;

  /** @param functionArn may end with a version or an alias */
  constructor(functionArn: string) {
    this.#arn = functionArn;
    this.#client = new LambdaClient({
      region: functionArn.split(':')[3],
      // Cognito retries the whole trigger.
      maxAttempts: 1,
      retryMode: 'standard',
      requestHandler: new HttpHandler({}),
    });
  }

  /**
   * Resolves to the response of the function, unchanged. An error of the function is thrown here with the same name and
   * message, because Cognito returns the message to the caller of its API. Lambda also logs it for this function.
   */
  async invoke(event: CustomMessageTriggerEvent): Promise<unknown> {
    const { failed, payload } = await this.#send(event);
    if (failed) {
      const { errorType, errorMessage } = payload as { errorType?: string; errorMessage?: string };
      throw createNamedError(errorType ?? 'Error', errorMessage ?? '');
    }
    return payload;
  }

  async #send(event: CustomMessageTriggerEvent): Promise<{ failed: boolean; payload: unknown }> {
    const command = new InvokeCommand({ FunctionName: this.#arn, Payload: JSON.stringify(event) });
    try {
      const answer = await withTimeLimit(NEXT_TIMEOUT, (abortSignal) => this.#client.send(command, { abortSignal }));
      return {
        failed: answer.FunctionError !== undefined,
        payload: JSON.parse(Buffer.from(answer.Payload ?? []).toString()),
      };
    } catch {
      throw createNamedError(
        'NextFunctionError',
        'the next custom message function could not be invoked, or took too long',
      );
    }
  }
}

function createNamedError(name: string, message: string): Error {
  const error = new Error(message);
  error.name = name;
  return error;
}
