/** By name, what the sandbox assumes instead, in a suite that mocks an assumptions.ts with {@link changeable}. */
export const changedAssumptions = new Map<string, unknown>();

/** A module whose exports are those of the actual one, unless they are changed at the moment. */
export function changeable(actual: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return new Proxy(actual, { get: (target, name: string) => changedAssumptions.get(name) ?? target[name] });
}
