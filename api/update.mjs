import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { Assembly, RELEASED } from './assembly.mjs';

const assembly = new Assembly();
try {
  if (process.argv.includes('--released')) {
    for (const file of ['.jsii', 'package.json']) cpSync(join(assembly.folder, file), join(RELEASED, file));
  }
} finally {
  assembly.delete();
}
