import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { App, Stack, type StackProps } from 'aws-cdk-lib';
import recommendedFlags from 'aws-cdk-lib/recommended-feature-flags.json';
import { DemonstrationStack } from '../../bin/demonstration-stack';
import { BreachResponse } from '../../examples/breach/app';
import { HelpDeskWorkflow } from '../../examples/help-desk-workflow/app';
import { RegulatedResets } from '../../examples/regulated/app';
import { APP_CONTEXTS } from './app-contexts';
import type { Arguments } from './arguments';
import { CONSTRUCTS } from './constructs';

type DefineStack = (app: App, id: string) => void;

/** Defines every stack. The keys are the names of the folders. */
function definitions(): Record<string, DefineStack> {
  const construct = (define: (stack: Stack) => void, props?: StackProps): DefineStack => {
    return (app, id) => define(new Stack(app, id, props));
  };
  return {
    ...mapTable(APP_CONTEXTS, 'bin', (context) => (app, id) => new DemonstrationStack(app, id, context)),
    'examples-breach': (app, id) => new BreachResponse(app, id),
    'examples-help-desk-workflow': (app, id) => new HelpDeskWorkflow(app, id),
    'examples-regulated': (app, id) => new RegulatedResets(app, id),
    ...mapTable(CONSTRUCTS, 'construct', ({ define, props }) => construct(define, props)),
  };
}

function mapTable<T>(table: Readonly<Record<string, T>>, prefix: string, define: (row: T) => DefineStack) {
  return Object.fromEntries(Object.entries(table).map(([name, row]) => [`${prefix}-${name}`, define(row)]));
}

export function templates({ folder }: Arguments): boolean {
  let count = 0;
  const outdir = mkdtempSync(join(tmpdir(), 'templates-'));
  process.once('exit', () => rmSync(outdir, { recursive: true, force: true }));
  for (const [flags, context] of Object.entries({ 'no-flags': {}, 'recommended-flags': recommendedFlags })) {
    for (const [name, define] of Object.entries(definitions())) {
      const app = new App({ context, analyticsReporting: false, outdir: join(outdir, flags, name) });
      define(app, 'Stack');
      const target = resolve(folder, flags, name);
      mkdirSync(target, { recursive: true });
      for (const { templateFile, templateFullPath } of app.synth().stacks) {
        copyFileSync(templateFullPath, join(target, templateFile));
        count += 1;
      }
    }
  }
  console.log(`${count} templates in ${folder}`);
  return true;
}
