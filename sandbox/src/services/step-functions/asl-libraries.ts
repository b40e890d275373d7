/** The libraries that read and run state machines, made to load on every Node.js that the project supports. */

// Node.js 20 has no Promise.withResolvers, which aws-local-stepfunctions uses.
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

/** It ships no types. It writes into what it is given. */
export const validateAsl: (
  definition: object,
  options: { checkPaths: boolean; checkArn: boolean },
) => { isValid: boolean; errorsText: (separator: string) => string } = require('asl-validator');
