import { runCommand } from '../shared/run-command';
import { readArguments, USAGE } from './arguments';

void runCommand({
  name: 'npm run readiness',
  usage: USAGE,
  readArguments,
  load: async () => (await import('./readiness.js')).readiness,
});
