const { removeEmptyFolder } = require('./temporary-folder');

/** Fails the run when a suite, a worker or a process that one of them started left files. */
module.exports = () => removeEmptyFolder(globalThis.temporaryFolderOfTheRun, 'the tests');
