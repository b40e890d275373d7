/**
 * Runs a command of the sandbox: its exit status is 0 when everything held, 1 when not, 2 when it could not be
 * carried out, which one sentence explains, and 130 when it was interrupted.
 */
export async function runCommand(name: string, main: () => Promise<boolean>): Promise<void> {
  // The SDK says on standard error that this Node.js goes out of support, which is nobody's news here.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(130));
  try {
    process.exitCode = (await main()) ? 0 : 1;
  } catch (error) {
    console.error(`${name}: ${(error as Error).message}\n${name} -- --help tells what it takes.`);
    process.exitCode = 2;
  }
}
