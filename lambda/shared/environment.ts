/** An environment variable that a construct sets. The error names the construct that must deploy the function. */
export function requiredEnvironmentVariable(name: string, construct: string): string {
  const value = process.env[name];
  if (value === undefined || value === '') {
    throw new Error(`${name}: the environment variable is missing: deploy the function with ${construct}`);
  }
  return value;
}
