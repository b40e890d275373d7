import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * Returns the folder of an asset of this package. In an app that was bundled, it is looked for beside the bundle too.
 *
 * @throws if it is nowhere, which says how to bundle such an app
 */
export function assetFolder(name: string): string {
  // A bundle that is an ES module has no __dirname.
  const here = typeof __dirname === 'string' ? __dirname : dirname(process.argv[1] ?? '.');
  const [ofPackage, besideBundle] = [join(here, '..', '..', 'assets'), join(here, 'assets')];
  const found = [ofPackage, besideBundle].find(isOfPackage);
  if (found === undefined) {
    throw new Error(
      `assets: got no folder ${besideBundle} with the functions of cdk-cognito-password-reset, expected it there, because this app was bundled and a bundler does not copy it: leave packages out of the bundle with --packages=external of esbuild, or copy the folder assets of the package beside the bundle: cp -r node_modules/cdk-cognito-password-reset/assets ${besideBundle}`,
    );
  }
  return join(found, name);
}

/** Whether a folder has the assets of this package. An app may have a folder of this name for its own. */
function isOfPackage(assets: string): boolean {
  return ['synth', 'reset', 'messages', 'campaign-worker'].every((name) => existsSync(join(assets, name, 'index.js')));
}
