import { runCommand } from '../shared/run-command';
import { readArguments, USAGE } from './arguments';

void runCommand({
  name: 'npm run campaign',
  usage: USAGE,
  readArguments,
  load: async () => (await import('./campaign.js')).campaign,
});
