const { default: chooseNode } = require('./choose-node');
const { useTemporaryFolder } = require('./temporary-folder');

/**
 * Chooses the Node.js of the functions, and gives the run a temporary folder of its own, so that the teardown sees what
 * the run left.
 */
module.exports = () => {
  chooseNode();
  globalThis.temporaryFolderOfTheRun = useTemporaryFolder(`tests-${process.pid}`);
};
