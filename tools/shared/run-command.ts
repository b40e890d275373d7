/**
 * Runs a command and sets its exit status: 0 when the result is true, 1 when it is false, 2 when the command failed
 * with an error, whose message is printed, and 130 when the command was interrupted.
 *
 * @param onInterrupt called with every signal; the process exits when it is done
 */
export async function runCommand(
  name: string,
  main: () => Promise<boolean>,
  onInterrupt?: () => Promise<void>,
): Promise<void> {
  // The SDK warns on standard error about Node.js versions that it will stop supporting. That is no problem of the
  // user's.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
  for (const signal of ['SIGINT', 'SIGTERM']) {
    if (onInterrupt === undefined) process.once(signal, () => process.exit(130));
    else process.on(signal, () => void onInterrupt().finally(() => process.exit(130)));
  }
  try {
    process.exitCode = (await main()) ? 0 : 1;
  } catch (error) {
    console.error(`${name}: ${(error as Error).message}\n${name} -- --help lists the options.`);
    process.exitCode = 2;
  }
}
