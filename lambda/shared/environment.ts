/** An environment variable that the construct sets; the error names the construct that was not used. */
export function requiredEnvironmentVariable(name: string, construct: string): string {
  const value = process.env[name];
  if (value === undefined || value === '') {
    throw new Error(`the environment variable ${name} is missing: deploy the function with ${construct}`);
  }
  return value;
}
