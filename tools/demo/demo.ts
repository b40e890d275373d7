import { LocalApp } from '../shared/local-app';
import { JsonPrinter, type Printer, TextPrinter } from '../shared/printer';
import type { Arguments } from './arguments';
import { Walkthrough } from './walkthrough';

/** Returns whether every step had the expected result. */
export async function demo({ username, clientMetadata, json }: Arguments): Promise<boolean> {
  const printer: Printer = json ? new JsonPrinter() : new TextPrinter();
  printer.heading('Starting the app of bin/ on this machine. This needs no AWS account and no network.');
  if (username === undefined) return runWalkthrough(printer);
  const app = await LocalApp.start();
  try {
    return await new Walkthrough(app, printer).sendRequest({ username, clientMetadata });
  } finally {
    await app.stop();
  }
}

/**
 * Starts the app twice at the same time, once for each service that sends SMS messages. The second app is ready when
 * the walkthrough needs it.
 */
async function runWalkthrough(printer: Printer): Promise<boolean> {
  const starting = [LocalApp.start(), LocalApp.start({ smsPath: 'SNS' })] as const;
  const settled = Promise.allSettled(starting);
  try {
    const [app, appWithSns] = starting;
    return await new Walkthrough(await app, printer).run(appWithSns);
  } finally {
    for (const start of await settled) if (start.status === 'fulfilled') await start.value.stop();
  }
}
