const { rmSync } = require('node:fs');
const { default: chooseNode } = require('./choose-node');
const { folderOfRuns, useTemporaryFolder } = require('./temporary-folder');

/**
 * Chooses the Node.js of the functions, and gives the run a temporary folder of its own, so that the teardown sees what
 * the run left. There is no teardown after a signal, such as that of Ctrl-C: then the folder is deleted with all in it.
 */
module.exports = () => {
  chooseNode();
  const folder = useTemporaryFolder(`tests-${process.pid}`, folderOfRuns());
  const interrupt = (signal) => {
    rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
    // Jest ends as without this listener.
    process.kill(process.pid, signal);
  };
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
  globalThis.runOfTheTests = { folder, interrupt };
};
