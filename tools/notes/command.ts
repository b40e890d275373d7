import { runCommand } from '../shared/run-command';
import { readArguments, USAGE } from './arguments';

void runCommand({
  name: 'npm run notes',
  usage: USAGE,
  readArguments,
  load: async () => (await import('./release-notes.js')).printReleaseNotes,
});
