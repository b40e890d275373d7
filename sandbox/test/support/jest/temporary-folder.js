const { mkdirSync, readdirSync, readFileSync, rmSync, statfsSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');

/** What suites share. */
const SHARED = /^shared-/;

/**
 * What others leave and give no way to delete: the CDK the cloud assembly of an app without an output folder, and the code
 * of its own custom resources; the compiler of the commands, and npm, their caches.
 */
const OF_OTHERS = /^(?:cdk\.out|cdk-custom-resource|tsx-|node-compile-cache$)/;

/** A folder in memory, which Linux has. */
const IN_MEMORY = '/dev/shm';

/** In bytes. A run of the tests has at most a third of a gigabyte at a time. */
const ROOM = 2 ** 31;

/**
 * The folder for the folders of runs: TMPDIR if it is set, or else one in memory if there is one with room. Each of hundreds
 * of syntheses writes a dozen files.
 */
exports.folderOfRuns = () => {
  if (process.env.TMPDIR) return process.env.TMPDIR;
  try {
    const { bavail, bsize } = statfsSync(IN_MEMORY);
    const mount = readFileSync('/proc/mounts', 'utf8')
      .split('\n')
      .find((line) => line.split(' ')[1] === IN_MEMORY);
    // Some tests execute files that they write.
    if (mount !== undefined && !/\b(?:noexec|ro)\b/.test(mount) && bavail * bsize >= ROOM) return IN_MEMORY;
  } catch {
    // Not on this system.
  }
  return tmpdir();
};

/** Makes a new folder the temporary folder of this process and of all that it starts. */
exports.useTemporaryFolder = (name, parent = tmpdir()) => {
  const folder = join(parent, name);
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
