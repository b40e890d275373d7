/** Loaded into a command that a suite starts: the app of bin/ is synthesized once for each context, for all suites of a run. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import type { SynthesizedApp } from '../../tools/shared/synthesize';
import * as synthesize from '../../tools/shared/synthesize';
import { share, sharedPath } from './shared-folder';

async function synthesizeOnce(context: Readonly<Record<string, string>>): Promise<SynthesizedApp> {
  const name = createHash('sha256').update(JSON.stringify(context)).digest('hex');
  const directory = sharedPath(`app-${name}`);
  if (!existsSync(directory)) {
    const app = await synthesize.synthesizeApp(context);
    share(app.directory, directory);
    app.remove();
  }
  return { directory, remove: () => {} };
}

const module = require.cache[require.resolve('../../tools/shared/synthesize')];
if (module === undefined) throw new Error('tools/shared/synthesize.ts: expected to be loaded as a CommonJS module');
module.exports = { synthesizeApp: synthesizeOnce };
