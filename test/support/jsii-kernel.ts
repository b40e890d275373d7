import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';

/**
 * The kernel as jsii-pacmak puts it into the packages for Python, Java, Go and C#: one file that contains what it needs.
 * So the dependency of its package, @jsii/kernel, is not installed: see `overrides` in package.json.
 */
const KERNEL = join(resolve(__dirname, '..', '..'), 'node_modules/@jsii/runtime/webpack/bin/jsii-runtime.js');

/** What a program in any language does with a library. Types are named as in `.jsii`, such as `aws-cdk-lib.App`. */
export interface Language {
  create(type: string, ...args: unknown[]): Promise<unknown>;
  callStatic(type: string, method: string, ...args: unknown[]): Promise<unknown>;
  call(object: unknown, method: string, ...args: unknown[]): Promise<unknown>;
  get(object: unknown, property: string): Promise<unknown>;
  /** A value of a struct, such as the props of a construct. */
  struct(type: string, values: object): unknown;
  map(values: object): unknown;
  /** A member of an enum. */
  member(type: string, name: string): unknown;
}

/** Python, Java, Go and C#: each of their packages sends these messages, as lines of JSON. */
export class JsiiKernel implements Language {
  readonly #process: ChildProcess;
  readonly #lines: AsyncIterator<string>;
  readonly #greeting: Promise<unknown>;
  #stderr = '';

  constructor() {
    // With its cache, the kernel would keep every package that it loads in the home directory.
    const env = { ...process.env, JSII_RUNTIME_PACKAGE_CACHE: 'disabled' };
    const child = spawn(process.execPath, [KERNEL], { env });
    const { stdin, stdout, stderr } = child;
    this.#process = child;
    this.#lines = createInterface(stdout)[Symbol.asyncIterator]();
    this.#greeting = this.#next();
    stdin.on('error', () => {});
    stderr.on('data', (data) => {
      this.#stderr += data;
    });
  }

  /** Loads a package from an archive, after those that it depends on. */
  async load(name: string, version: string, tarball: string): Promise<void> {
    await this.#send({ api: 'load', name, version, tarball });
  }

  /** Ends the process, which deletes the packages. */
  async stop(): Promise<void> {
    if (this.#process.exitCode !== null) return;
    const end = once(this.#process, 'close');
    this.#process.stdin?.end(`${JSON.stringify({ exit: 0 })}\n`);
    await end;
  }

  create(fqn: string, ...args: unknown[]) {
    return this.#send({ api: 'create', fqn, args });
  }

  async callStatic(fqn: string, method: string, ...args: unknown[]) {
    return (await this.#send({ api: 'sinvoke', fqn, method, args })).result;
  }

  async call(objref: unknown, method: string, ...args: unknown[]) {
    return (await this.#send({ api: 'invoke', objref, method, args })).result;
  }

  async get(objref: unknown, property: string) {
    return (await this.#send({ api: 'get', objref, property })).value;
  }

  struct(fqn: string, data: object) {
    return { '$jsii.struct': { fqn, data } };
  }

  map(values: object) {
    return { '$jsii.map': values };
  }

  member(type: string, name: string) {
    return { '$jsii.enum': `${type}/${name}` };
  }

  async #send(message: object): Promise<Record<string, unknown>> {
    await this.#greeting;
    this.#process.stdin?.write(`${JSON.stringify(message)}\n`);
    const { ok, error } = await this.#next();
    if (error !== undefined) throw new Error(error);
    return ok ?? {};
  }

  async #next(): Promise<{ ok?: Record<string, unknown>; error?: string }> {
    const { value } = await this.#lines.next();
    if (value === undefined) throw new Error(`the kernel ended: ${this.#stderr}`);
    return JSON.parse(value);
  }
}

/** TypeScript: the packages as an app loads them. */
export class NodeJs implements Language {
  readonly #require: NodeJS.Require;

  constructor(app: string) {
    this.#require = createRequire(join(app, 'app.js'));
  }

  async create(type: string, ...args: unknown[]) {
    return new (this.#type(type))(...args);
  }

  async callStatic(type: string, method: string, ...args: unknown[]) {
    return this.call(this.#type(type), method, ...args);
  }

  // biome-ignore lint/suspicious/noExplicitAny: an object of any class
  async call(object: any, method: string, ...args: unknown[]) {
    return object[method](...args);
  }

  // biome-ignore lint/suspicious/noExplicitAny: an object of any class
  async get(object: any, property: string) {
    return object[property];
  }

  struct(_type: string, values: object) {
    return values;
  }

  map(values: object) {
    return values;
  }

  member(type: string, name: string) {
    return this.#type(type)[name];
  }

  // biome-ignore lint/suspicious/noExplicitAny: a class, or an enum
  #type(type: string): any {
    const [name = '', ...path] = type.split('.');
    return path.reduce((space, part) => space[part], this.#require(name));
  }
}
