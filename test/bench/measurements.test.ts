import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PLAIN_RESET } from '../../bench/cases';
import { Endpoint } from '../../bench/endpoint';
import { measureBatches, measureCold, measureWarm } from '../../bench/measurements';
import { table } from '../../bench/table';

const chosen = process.env.SANDBOX_NODE;
let folder: string;
let endpoint: Endpoint;
let build: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'bench-'));
  endpoint = await Endpoint.start(folder, [0]);
  build = join(folder, 'build.js');
  writeFileSync(build, 'exports.handler = async () => {};');
  // A Node.js of a version that there is not.
  writeFileSync(join(folder, 'version.js'), "Object.defineProperty(process, 'version', { value: 'v24.999.0' });");
  const node = join(folder, 'node');
  writeFileSync(node, `#!/bin/sh\nexec '${process.execPath}' --require '${join(folder, 'version.js')}' "$@"\n`);
  chmodSync(node, 0o755);
  process.env.SANDBOX_NODE = node;
});
afterAll(() => {
  process.env.SANDBOX_NODE = chosen;
  endpoint.stop();
  rmSync(folder, { recursive: true });
});

test('the bench measures the Node.js that the functions run on, and its table says which one that is', async () => {
  const rows = [
    await measureCold(PLAIN_RESET, { function: build }, endpoint),
    await measureWarm(PLAIN_RESET, { function: build, bare: build }, endpoint, 0),
    await measureBatches(PLAIN_RESET, { function: build, bare: build }, endpoint),
  ];

  expect(rows.map(({ node }) => node)).toEqual(['v24.999.0', 'v24.999.0', 'v24.999.0']);
  expect(table(rows)[0]).toMatch(/^ms of time \/ CPU, Node\.js v24\.999\.0 +function /);
});
