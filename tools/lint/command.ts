import { bundleFunctions } from '../shared/bundle-functions';
import { runCommand } from '../shared/run-command';
import { readArguments, USAGE } from './arguments';

void runCommand({
  name: 'npm run test:templates',
  usage: USAGE,
  readArguments,
  load: async () => {
    bundleFunctions();
    return (await import('./lint.js')).lint;
  },
});
