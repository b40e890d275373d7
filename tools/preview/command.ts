import { bundleFunctions } from '../shared/bundle-functions';
import { runCommand } from '../shared/run-command';
import { readArguments, USAGE } from './arguments';

void runCommand({
  name: 'npm run preview',
  usage: USAGE,
  readArguments,
  load: async () => {
    // The catalog is compiled with the bundle of synth/.
    bundleFunctions();
    return (await import('./preview.js')).preview;
  },
});
