import { bundleFunctions } from '../shared/bundle-functions';
import { runCommand } from '../shared/run-command';
import { readArguments, USAGE } from './arguments';

void runCommand({
  name: 'npm run templates',
  usage: USAGE,
  readArguments,
  load: async () => {
    // The templates have the hashes of the bundles.
    bundleFunctions();
    return (await import('./templates.js')).templates;
  },
});
