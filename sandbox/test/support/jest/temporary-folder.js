const { mkdirSync, readdirSync, rmSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');

/** What suites share. */
const SHARED = /^shared-/;

/**
 * What others leave and give no way to delete: the CDK the cloud assembly of an app without an output folder, and the code
 * of its own custom resources; the compiler of the commands, and npm, their caches.
 */
const OF_OTHERS = /^(?:cdk\.out|cdk-custom-resource|tsx-|node-compile-cache$)/;

/** Makes a new folder the temporary folder of this process and of all that it starts. */
exports.useTemporaryFolder = (name) => {
  const folder = join(tmpdir(), name);
  mkdirSync(folder);
  process.env.TMPDIR = folder;
  return folder;
};

/** Deletes a folder. Throws an error when something is in it. */
exports.removeEmptyFolder = (folder, user) => {
  const left = readdirSync(folder).filter((name) => !SHARED.test(name) && !OF_OTHERS.test(name));
  rmSync(folder, { recursive: true });
  if (left.length > 0) throw new Error(`${user} left files in the temporary folder: ${left.join(', ')}`);
};
