import { runCommand } from '../shared/run-command';
import { readArguments, USAGE } from './arguments';

void runCommand({
  name: 'npm run verify',
  usage: USAGE,
  readArguments,
  load: async () => (await import('./verify.js')).verify,
  onInterrupt: async () => (await import('./verify.js')).onInterrupt(),
});
