import { runCommand } from '../shared/run-command';
import { readArguments, USAGE } from './arguments';

void runCommand({
  name: 'npm run sandbox',
  usage: USAGE,
  readArguments,
  load: async () => (await import('./serve.js')).serve,
});
