const { removeEmptyFolder } = require('./temporary-folder');

/** Fails the run when a suite, a worker or a process that one of them started left files. */
module.exports = () => {
  const { folder, interrupt } = globalThis.runOfTheTests;
  process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
  removeEmptyFolder(folder, 'the tests');
};
