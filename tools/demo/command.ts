import { runCommand } from '../shared/run-command';
import { readArguments, USAGE } from './arguments';

void runCommand({
  name: 'npm start',
  usage: USAGE,
  readArguments,
  load: async () => (await import('./demo.js')).demo,
});
