/**
 * An object whose fields are computed when they are first read. A field that cannot be computed, such as the environment of
 * a function that is never invoked in the sandbox, is an error only when it is read.
 */
export function lazyObject<T extends object>(fields: { readonly [K in keyof T]-?: () => T[K] }): T {
  const target = {} as T;
  for (const key of Object.keys(fields) as (keyof T)[]) {
    Object.defineProperty(target, key, {
      configurable: true,
      enumerable: true,
      get() {
        const value = fields[key]();
        Object.defineProperty(target, key, { value, enumerable: true });
        return value;
      },
    });
  }
  return target;
}
