import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FunctionDefinition } from '../../../src/model';
import { LambdaService } from '../../../src/services/lambda';
import { nodeExecutableFor } from '../../../src/services/lambda/node-executable';

const PACKAGE = `node-${process.platform}-${process.arch}`;
const WARNING = `Functions for Node.js 24 run on Node.js 20.20.2, because no Node.js 24 was found: run this command on it, or name one in SANDBOX_NODE, or install one with npm install --no-save ${PACKAGE}@24.`;

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'node-executable-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Installs a package of Node.js beside a file of the folder, and returns the path of its executable. */
function install(version: string): string {
  const bin = join(folder, 'node_modules', PACKAGE, 'bin');
  mkdirSync(bin, { recursive: true });
  writeFileSync(join(bin, '..', 'package.json'), JSON.stringify({ version }));
  return join(bin, 'node');
}

const sources = (version: string, environment: Record<string, string> = {}) => ({
  execPath: '/own/node',
  version,
  environment,
  file: join(folder, 'file.js'),
});

describe('a function for Node.js 24', () => {
  test('runs on the Node.js of the sandbox when that is version 24', () => {
    install('24.1.0');

    expect(nodeExecutableFor('nodejs24.x', sources('24.21.0'))).toEqual({ path: '/own/node' });
  });

  test('runs on the Node.js 24 of an installed package when the sandbox runs on another version', () => {
    const installed = install('24.1.0');

    expect(nodeExecutableFor('nodejs24.x', sources('20.20.2'))).toEqual({ path: installed });
  });

  test.each(['22.23.3', '2.24.0'])(
    'runs on the Node.js of the sandbox, with a warning, when there is only version %s',
    (version) => {
      install(version);

      expect(nodeExecutableFor('nodejs24.x', sources('20.20.2'))).toEqual({ path: '/own/node', warning: WARNING });
    },
  );

  test('runs on the Node.js of the sandbox, with a warning, when there is no other', () => {
    // The folder of the tests may lie in one that has packages.
    const file = '/file-without-packages.js';

    expect(nodeExecutableFor('nodejs24.x', { ...sources('20.20.2'), file })).toEqual({
      path: '/own/node',
      warning: WARNING,
    });
  });

  test('runs on the Node.js that SANDBOX_NODE names, whatever else there is', () => {
    install('24.1.0');

    expect(nodeExecutableFor('nodejs24.x', sources('24.21.0', { SANDBOX_NODE: process.execPath }))).toEqual({
      path: process.execPath,
    });
  });

  test('is refused when SANDBOX_NODE names a file that does not exist', () => {
    const missing = join(folder, 'node');

    expect(() => nodeExecutableFor('nodejs24.x', sources('24.21.0', { SANDBOX_NODE: missing }))).toThrow(
      `SANDBOX_NODE: got ${missing}, expected the path of a Node.js executable: no such file`,
    );
  });
});

test('a function that is not for Node.js gets no warning', () => {
  expect(nodeExecutableFor('provided.al2023', sources('20.20.2'))).toEqual({ path: '/own/node' });
});

describe('the Lambda service', () => {
  const chosen = process.env.SANDBOX_NODE;

  afterEach(() => {
    process.env.SANDBOX_NODE = chosen;
    jest.restoreAllMocks();
  });

  const define = (runtime: string): FunctionDefinition => {
    writeFileSync(join(folder, 'index.js'), 'exports.handler = async () => process.execArgv[0]');
    return {
      functionName: 'version',
      functionArn: 'arn:aws:lambda:eu-central-1:111122223333:function:version',
      roleArn: 'arn:aws:iam::111122223333:role/version',
      codeDirectory: folder,
      handler: 'index.handler',
      runtime,
      timeoutSeconds: 5,
      memorySize: 256,
      environment: {},
      logGroupName: '/aws/lambda/version',
      logFormat: 'Text',
    };
  };

  test('runs functions on the Node.js that SANDBOX_NODE names', async () => {
    const wrapper = join(folder, 'node');
    writeFileSync(wrapper, `#!/bin/sh\nexec '${process.execPath}' --title=chosen "$@"\n`);
    chmodSync(wrapper, 0o755);
    process.env.SANDBOX_NODE = wrapper;
    const service = await LambdaService.start({ functions: [define('nodejs24.x')] });

    const { payload } = await service.invoke('version', {});
    await service.stop();

    expect(payload).toBe('--title=chosen');
  });

  test('prints once that there is no Node.js of the version that the functions are for', async () => {
    delete process.env.SANDBOX_NODE;
    const printed = jest.spyOn(console, 'warn').mockReturnValue();

    for (let sandbox = 1; sandbox <= 2; sandbox += 1) {
      const functions = [define('nodejs99.x'), define('nodejs99.x')];
      await (await LambdaService.start({ functions })).stop();
    }

    expect(printed.mock.calls).toEqual([[expect.stringMatching(/^Functions for Node\.js 99 run on /)]]);
  });
});
