/** What goes wrong with a call. */
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
   * How many calls it befalls; `Infinity` is allowed.
   *
   * @default 1
   */
  readonly times?: number;
  /**
   * The share of calls that it befalls, between 0 and 1.
   *
   * @default 1
   */
  readonly probability?: number;
  /**
   * Milliseconds to wait before the call is carried out.
   *
   * @default 0
   */
  readonly delay?: number;
  /**
   * What happens instead of a proper answer.
   *
   * - an error: answered, and the operation not carried out
   * - `cut-before`: the connection breaks once the request was read; the operation is not carried out
   * - `hang`: no answer, and the operation not carried out
   * - `cut-after`: the operation is carried out, then the connection breaks
   * - `slow-body`: the operation is carried out, the answer begins and never ends
   * - `garbage`: the operation is carried out, the answer is status 200 with a body that is no JSON
   *
   * @default - a proper answer
   */
  readonly instead?: ErrorAnswer | (typeof BREAKS)[number];
}

/** An error that is answered in place of the operation. */
export interface ErrorAnswer {
  readonly status: number;
  readonly name: string;
  readonly message?: string;
}

const BREAKS = ['cut-before', 'cut-after', 'hang', 'slow-body', 'garbage'] as const;

/** The faults to come, in the order in which they were added. */
export class Faults {
  #pending: { readonly fault: Fault; left: number }[] = [];

  /** Adds a fault, and gives back what removes it. */
  add(fault: Fault): () => void {
    const entry = { fault, left: fault.times ?? 1 };
    this.#pending.push(entry);
    return () => {
      this.#pending = this.#pending.filter((other) => other !== entry);
    };
  }

  /** The fault that befalls this call, counted as used. */
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

/** Reads a fault that somebody wrote by hand; the error says what to write instead. */
export function parseFault(value: unknown): Fault {
  if (typeof value !== 'object' || value === null) throw new Error('a fault is a JSON object');
  const {
    service,
    operation,
    times = 1,
    probability = 1,
    delay = 0,
    instead,
    ...rest
  } = value as Record<string, unknown>;
  const [unknown] = Object.keys(rest);
  if (unknown) throw new Error(`a fault has no field ${JSON.stringify(unknown)}`);
  if (typeof operation !== 'string') throw new Error('operation names what goes wrong, such as AdminResetUserPassword');
  if (service !== undefined && typeof service !== 'string') throw new Error('service is a prefix such as cognito-idp');
  if (typeof times !== 'number' || times < 1) throw new Error('times is a number, 1 or more');
  if (typeof probability !== 'number' || probability < 0 || probability > 1) {
    throw new Error('probability is a number between 0 and 1');
  }
  if (typeof delay !== 'number' || delay < 0) throw new Error('delay is a number of milliseconds');
  if (instead !== undefined && !BREAKS.some((kind) => kind === instead) && !isErrorAnswer(instead)) {
    throw new Error(
      `instead is one of ${BREAKS.join(', ')}, or an error {"status":400,"name":"TooManyRequestsException"}`,
    );
  }
  return { service, operation, times, probability, delay, instead: instead as Fault['instead'] };
}

function isErrorAnswer(value: unknown): value is ErrorAnswer {
  const { status, name, message } = (value ?? {}) as Record<string, unknown>;
  return (
    Number.isInteger(status) &&
    Number(status) >= 400 &&
    Number(status) <= 599 &&
    typeof name === 'string' &&
    (message === undefined || typeof message === 'string')
  );
}
