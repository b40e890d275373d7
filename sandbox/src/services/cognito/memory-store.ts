import type { DataStore } from 'cognito-local/lib/services/dataStore/dataStore';
import type { DataStoreFactory } from 'cognito-local/lib/services/dataStore/factory';

type Node = Record<string, unknown>;

/** A data store for `cognito-local` that writes no files. The users are in indexed-user-pool.ts instead. */
class MemoryStore implements DataStore {
  readonly #root: Node;

  constructor(defaults: object) {
    this.#root = { ...defaults };
  }

  async getRoot<T>(): Promise<T | null> {
    return this.#root as T;
  }

  async get<T>(_context: unknown, key: string | string[], defaultValue?: T): Promise<T> {
    const value = [key].flat().reduce<unknown>((node, name) => (node as Node | undefined)?.[name], this.#root);
    return (value ?? defaultValue ?? null) as T;
  }

  async set<T>(_context: unknown, key: string | string[], value: T): Promise<void> {
    const [last, parent] = this.#parent(key);
    parent[last] = value;
  }

  async delete(_context: unknown, key: string | string[]): Promise<void> {
    const [last, parent] = this.#parent(key);
    delete parent[last];
  }

  #parent(key: string | string[]): [string, Node] {
    const path = [key].flat();
    const last = path.pop() as string;
    let node = this.#root;
    for (const name of path) {
      node[name] ??= {};
      node = node[name] as Node;
    }
    return [last, node];
  }
}

export const memoryStoreFactory: DataStoreFactory = {
  create: async (_context, _id, defaults) => new MemoryStore(defaults),
};
