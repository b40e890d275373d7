import { join } from 'node:path';
import { App, Stack, type StackProps } from 'aws-cdk-lib';
import type { CloudFormationStackArtifact } from 'aws-cdk-lib/cx-api';
import recommendedFlags from 'aws-cdk-lib/recommended-feature-flags.json';
import { DemonstrationStack } from '../../bin/demonstration-stack';
import { BreachResponse } from '../../examples/breach/app';
import { HelpDeskWorkflow } from '../../examples/help-desk-workflow/app';
import { RegulatedResets } from '../../examples/regulated/app';
import { APP_CONTEXTS } from './app-contexts';
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

interface Synthesized {
  /** Where the template belongs, such as `no-flags/bin-alone`. */
  readonly folder: string;
  readonly artifact: CloudFormationStackArtifact;
}

/**
 * Synthesizes every stack of the project into a folder, without feature flags and with the recommended ones.
 *
 * @param isWanted leaves stacks out by the name of their folder
 */
export function synthesizeAll(outdir: string, isWanted: (name: string) => boolean = () => true): Synthesized[] {
  // The tests validate the stacks. Here the reports would be printed before what was asked for.
  process.env.CDK_VALIDATION = 'false';
  const quiet = { '@aws-cdk/core:annotationsInValidationReport': false };
  const flags = { 'no-flags': quiet, 'recommended-flags': { ...recommendedFlags, ...quiet } };
  return Object.entries(flags).flatMap(([flag, context]) =>
    Object.entries(definitions())
      .filter(([name]) => isWanted(name))
      .flatMap(([name, define]) => {
        const folder = join(flag, name);
        const app = new App({ context, analyticsReporting: false, outdir: join(outdir, folder) });
        define(app, 'Stack');
        return app.synth().stacks.map((artifact) => ({ folder, artifact }));
      }),
  );
}
