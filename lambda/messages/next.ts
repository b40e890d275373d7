import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import type { CustomMessageTriggerEvent } from 'aws-lambda';
import { withTimeLimit } from '../shared/time-limit';

/** In milliseconds: Cognito waits five seconds for the whole of the trigger. */
const NEXT_TIMEOUT = 3_000;

/** The custom message function that the user pool would have without this one. */
export class NextFunction {
  readonly #arn: string;
  readonly #client: LambdaClient;

  /** @param functionArn may carry a version or an alias */
  constructor(functionArn: string) {
    this.#arn = functionArn;
    this.#client = new LambdaClient({
      region: functionArn.split(':')[3],
      // Cognito itself tries again.
      maxAttempts: 1,
      retryMode: 'standard',
      // A socket kept across a freeze of the function may be dead.
      requestHandler: { httpAgent: { keepAlive: false }, httpsAgent: { keepAlive: false } },
    });
  }

  /**
   * Resolves to its answer, as it is. What it throws is thrown here too, because Cognito shows the text to the caller
   * of its API; Lambda also writes the text to the log of this function.
   */
  async invoke(event: CustomMessageTriggerEvent): Promise<unknown> {
    const { failed, payload } = await this.#send(event);
    if (failed) {
      const { errorType, errorMessage } = payload as { errorType?: string; errorMessage?: string };
      throw named(errorType ?? 'Error', errorMessage ?? '');
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
      throw named('NextFunctionError', 'the next custom message function could not be invoked, or took too long');
    }
  }
}

function named(name: string, message: string): Error {
  const error = new Error(message);
  error.name = name;
  return error;
}
