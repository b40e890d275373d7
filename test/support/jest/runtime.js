const { createRequire, isBuiltin } = require('node:module');
const { isAbsolute, join, sep } = require('node:path');
const { compileFunction } = require('node:vm');
const Runtime = require('jest-runtime').default;
const { keepEngine } = require('./template-validation');

const PACKAGES = join(__dirname, '..', '..', '..', 'node_modules') + sep;

/**
 * Leaves packages to Node.js, which loads each of them once in a worker. By itself, Jest loads every package anew for
 * every suite: aws-cdk-lib alone takes two seconds. Suites and packages are in one realm, so that `instanceof` holds.
 */
module.exports = class extends Runtime {
  constructor(...args) {
    super(...args);
    const { executor } = this;
    executor.compile = (source, filename) => compileFunction(source, executor.injectedModuleParameters, { filename });
  }

  requireModule(from, name, options, isRequireActual) {
    const isPackage = name !== undefined && !name.startsWith('.') && !isAbsolute(name) && !isBuiltin(name);
    if (isPackage && !options?.isInternalModule) {
      const require = createRequire(from);
      // The sandbox, which is linked into node_modules, has its sources elsewhere.
      if (require.resolve(name).startsWith(PACKAGES)) return loadPackage(require, name);
    }
    return super.requireModule(from, name, options, isRequireActual);
  }
};

let engineKept = false;

function loadPackage(require, name) {
  if (name.startsWith('aws-cdk-lib') && !engineKept) {
    engineKept = true;
    keepEngine(require('aws-cdk-lib'));
  }
  return require(name);
}
