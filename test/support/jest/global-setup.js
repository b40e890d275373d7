const { useTemporaryFolder } = require('./temporary-folder');

/** Gives the run a temporary folder of its own, so that the teardown sees what the run left. */
module.exports = () => {
  globalThis.temporaryFolderOfTheRun = useTemporaryFolder(`tests-${process.pid}`);
};
