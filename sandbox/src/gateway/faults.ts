/** A fault that is injected into calls of one operation. */
export interface Fault {
  /**
   * The service, by the prefix of its IAM actions, such as `cognito-idp`.
   *
   * @default - any service
   */
  readonly service?: string;
  /** The operation, such as `AdminResetUserPassword`. */
  readonly operation: string;
  /**
   * The number of calls with the fault; `Infinity` is allowed.
   *
   * @default 1
   */
  readonly times?: number;
  /**
   * The probability that a call has the fault, between 0 and 1.
   *
   * @default 1
   */
  readonly probability?: number;
  /**
   * The delay before the operation is carried out, in milliseconds.
   *
   * @default 0
   */
  readonly delay?: number;
  /**
   * What happens instead of the operation's response.
   *
   * - an error: the error is the response; the operation is not carried out
   * - `cut-before`: the connection is closed after the request is read; the operation is not carried out
   * - `hang`: there is no response; the operation is not carried out
   * - `cut-after`: the operation is carried out, then the connection is closed
   * - `slow-body`: the operation is carried out; the response begins and never ends
   * - `garbage`: the operation is carried out; the response has status 200 and a body that is not JSON
   *
   * @default - the operation's response
   */
  readonly instead?: ErrorResponse | (typeof DISTURBANCES)[number];
}

/** An error response in place of the operation. */
export interface ErrorResponse {
  readonly status: number;
  readonly name: string;
  readonly message?: string;
}

const DISTURBANCES = ['cut-before', 'cut-after', 'hang', 'slow-body', 'garbage'] as const;

const FIELDS = ['service', 'operation', 'times', 'probability', 'delay', 'instead'];

/** The faults that are pending, in the order in which they were added. */
export class Faults {
  #pending: { readonly fault: Fault; left: number }[] = [];

  /** Adds a fault and returns a function that removes it. */
  add(fault: Fault): () => void {
    const entry = { fault, left: fault.times ?? 1 };
    this.#pending.push(entry);
    return () => {
      this.#pending = this.#pending.filter((other) => other !== entry);
    };
  }

  /** Returns the fault of this call, if it has one, and counts it as used. */
  take(service: string, operation: string): Fault | undefined {
    const entry = this.#pending.find(
      ({ fault }) =>
        fault.operation === operation &&
        (fault.service ?? service) === service &&
        Math.random() < (fault.probability ?? 1),
    );
    if (!entry) return undefined;
    entry.left -= 1;
    if (entry.left < 1) this.#pending = this.#pending.filter((other) => other !== entry);
    return entry.fault;
  }

  clear(): void {
    this.#pending = [];
  }
}

/** Validates a fault that a user wrote by hand. */
export function parseFault(value: unknown): Fault {
  if (typeof value !== 'object' || value === null)
    throw new Error(`fault: got ${JSON.stringify(value)}, expected a JSON object`);
  const {
    service,
    operation,
    times = 1,
    probability = 1,
    delay = 0,
    instead,
    ...rest
  } = value as Record<string, unknown>;
  const [unknownField] = Object.keys(rest);
  if (unknownField)
    throw new Error(`fault: got the field ${JSON.stringify(unknownField)}, expected one of ${FIELDS.join(', ')}`);
  if (typeof operation !== 'string')
    throw problem('operation', operation, 'an operation such as AdminResetUserPassword');
  if (service !== undefined && typeof service !== 'string')
    throw problem('service', service, 'the prefix of IAM actions, such as cognito-idp');
  if (typeof times !== 'number' || times < 1) throw problem('times', times, 'a number of 1 or more');
  if (typeof probability !== 'number' || probability < 0 || probability > 1) {
    throw problem('probability', probability, 'a number between 0 and 1');
  }
  if (typeof delay !== 'number' || delay < 0) throw problem('delay', delay, 'a number of milliseconds');
  if (instead !== undefined && !DISTURBANCES.some((kind) => kind === instead) && !isErrorResponse(instead)) {
    const error = '{"status":400,"name":"TooManyRequestsException"}';
    throw problem('instead', instead, `one of ${DISTURBANCES.join(', ')}, or an error such as ${error}`);
  }
  return { service, operation, times, probability, delay, instead: instead as Fault['instead'] };
}

function problem(field: string, got: unknown, expected: string): Error {
  return new Error(`${field}: got ${JSON.stringify(got)}, expected ${expected}`);
}

function isErrorResponse(value: unknown): value is ErrorResponse {
  const { status, name, message } = (value ?? {}) as Record<string, unknown>;
  return (
    Number.isInteger(status) &&
    Number(status) >= 400 &&
    Number(status) <= 599 &&
    typeof name === 'string' &&
    (message === undefined || typeof message === 'string')
  );
}
