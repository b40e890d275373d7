export interface Command<Arguments extends { readonly help: boolean }> {
  /** How a user calls it, such as `npm run plan`. */
  readonly name: string;
  readonly usage: string;
  /** Throws an error when an argument is not valid. */
  readonly readArguments: () => Arguments;
  /** Loads what the command does, which takes longer than everything before it. */
  readonly load: () => Promise<(args: Arguments) => boolean | Promise<boolean>>;
  /**
   * Called with every signal. The process exits when it is done.
   *
   * @default - the process exits at once
   */
  readonly onInterrupt?: () => Promise<void>;
}

/**
 * Runs a command and sets its exit status: 0 when the result is true, 1 when it is false, 2 when the command failed
 * with an error, whose message is printed, and 130 when the command was interrupted.
 */
export async function runCommand<Arguments extends { readonly help: boolean }>(
  command: Command<Arguments>,
): Promise<void> {
  const { name, usage, readArguments, load, onInterrupt } = command;
  // The SDK warns on standard error about Node.js versions that it will stop supporting. That is no problem of the
  // user's.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
  for (const signal of ['SIGINT', 'SIGTERM']) {
    if (onInterrupt === undefined) process.once(signal, () => process.exit(130));
    else process.on(signal, () => void onInterrupt().finally(() => process.exit(130)));
  }
  try {
    const args = readArguments();
    if (args.help) {
      console.log(usage);
      return;
    }
    const run = await load();
    process.exitCode = (await run(args)) ? 0 : 1;
  } catch (error) {
    console.error(`${name}: ${(error as Error).message}\n${name} -- --help lists the options.`);
    process.exitCode = 2;
  }
}
