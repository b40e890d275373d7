/**
 * An object whose fields are computed when they are first read: what nobody reads does no harm when it cannot be
 * computed, such as an environment variable of a function that never runs here.
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
