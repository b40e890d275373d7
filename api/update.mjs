import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { API_PAGE, Assembly, LANGUAGES_PAGE, RELEASED, ROOT } from './assembly.mjs';

const assembly = new Assembly();
try {
  writeFileSync(join(ROOT, API_PAGE), assembly.apiPage());
  assembly.translateExamples();
  writeFileSync(join(ROOT, LANGUAGES_PAGE), assembly.languagesPage());
  if (process.argv.includes('--released')) {
    for (const file of ['.jsii', 'package.json']) cpSync(join(assembly.folder, file), join(RELEASED, file));
  }
} finally {
  assembly.delete();
}
