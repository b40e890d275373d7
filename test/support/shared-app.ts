/** Loaded into a command that a suite starts: the app of bin/ is synthesized once for each context, for all suites of a run. */
import { createHash } from 'node:crypto';
import { existsSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import type { SynthesizedApp } from '../../tools/shared/synthesize';
import * as synthesize from '../../tools/shared/synthesize';

const { SHARED_FOLDER } = process.env;

async function synthesizeOnce(context: Readonly<Record<string, string>>): Promise<SynthesizedApp> {
  const name = createHash('sha256').update(JSON.stringify(context)).digest('hex');
  const directory = join(SHARED_FOLDER ?? '', `shared-app-${name}`);
  if (!existsSync(directory)) {
    const app = await synthesize.synthesizeApp(context);
    try {
      renameSync(app.directory, directory);
    } catch (error) {
      // Another command was faster.
      if (!existsSync(directory)) throw error;
    }
    app.remove();
  }
  return { directory, remove: () => {} };
}

const module = require.cache[require.resolve('../../tools/shared/synthesize')];
if (module === undefined) throw new Error('tools/shared/synthesize.ts: expected to be loaded as a CommonJS module');
module.exports = { synthesizeApp: synthesizeOnce };
