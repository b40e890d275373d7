/** The libraries that run and validate state machines, with a polyfill for the oldest supported Node.js. */

// aws-local-stepfunctions uses Promise.withResolvers, which Node.js 20 does not have.
interface Resolvers<T> {
  readonly promise: Promise<T>;
  readonly resolve: (value: T | PromiseLike<T>) => void;
  readonly reject: (reason?: unknown) => void;
}
const promises = Promise as { withResolvers?: <T>() => Resolvers<T> };
promises.withResolvers ??= <T>() => {
  let resolve: Resolvers<T>['resolve'] = () => {};
  let reject: Resolvers<T>['reject'] = () => {};
  const promise = new Promise<T>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  return { promise, resolve, reject };
};

export const { StateMachine } = require('aws-local-stepfunctions') as typeof import('aws-local-stepfunctions');

/** Validates a definition in the Amazon States Language. It changes the object that it gets. The package ships no types. */
export const validateAsl: (
  definition: object,
  options: { checkPaths: boolean; checkArn: boolean },
) => { isValid: boolean; errorsText: (separator: string) => string } = require('asl-validator');
