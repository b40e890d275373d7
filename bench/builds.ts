import { cpSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';

export const ROOT = resolve(__dirname, '..');

/**
 * The builds that are compared: the function of this package, the same calls by hand with the SDK bundled well (a), the
 * function with the SDK left to the runtime (b), and no SDK at all (c).
 */
export const VARIANTS = ['function', 'bare', 'runtime', 'no-sdk'] as const;
export type Variant = (typeof VARIANTS)[number];

/** The sources of a function's builds. */
export interface Sources {
  readonly asset: string;
  readonly entryPoint: string;
  readonly bare: string;
  readonly noSdk?: string;
}

/** Makes the builds of a function, by variant, in a folder below node_modules, where the runtime's SDK is found. */
export async function buildVariants(
  { asset, entryPoint, bare, noSdk }: Sources,
  folder: string,
): Promise<Partial<Record<Variant, string>>> {
  cpSync(join(ROOT, 'assets', asset), folder, { recursive: true });
  return {
    function: join(folder, 'index.js'),
    bare: await bundle(bare, join(folder, 'bare.js'), BUNDLED_SDK),
    runtime: await bundle(entryPoint, join(folder, 'runtime.js'), RUNTIME_SDK),
    ...(noSdk !== undefined && { 'no-sdk': await bundle(noSdk, join(folder, 'no-sdk.js'), BUNDLED_SDK) }),
  };
}

const BUNDLED_SDK = {
  mainFields: ['module', 'main'],
  alias: { '@aws-sdk/credential-provider-node': join(ROOT, 'lambda', 'shared', 'credentials.ts') },
};

/** As the CDK's NodejsFunction does by default. The code of the options is bundled with the function. */
const RUNTIME_SDK = { external: ['@aws-sdk/*', '@smithy/*'] };

async function bundle(entryPoint: string, outfile: string, options: object): Promise<string> {
  await build({
    absWorkingDir: ROOT,
    entryPoints: [entryPoint],
    outfile,
    bundle: true,
    minify: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    supported: { 'dynamic-import': false },
    ...options,
  });
  return outfile;
}
