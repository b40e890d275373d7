import { execFileSync } from 'node:child_process';
import { nodeExecutableFor } from '../../../src/services/lambda/node-executable';

/** Chooses the Node.js of the functions once for all suites, and says which one it is. Jest calls it before the tests. */
export default function chooseNode(): void {
  const { path, warning } = nodeExecutableFor('nodejs24.x');
  console.log(warning ?? `Functions run on Node.js ${execFileSync(path, ['--version'], { encoding: 'utf8' }).trim()}.`);
  process.env.SANDBOX_NODE = path;
}
