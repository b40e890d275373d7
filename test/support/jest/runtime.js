const { createRequire, isBuiltin } = require('node:module');
const { isAbsolute, join, sep } = require('node:path');
const { compileFunction } = require('node:vm');
const Runtime = require('jest-runtime').default;
const { keepSchemas } = require('./state-language-schemas');
const { keepEngine } = require('./template-validation');

const PACKAGES = join(__dirname, '..', '..', '..', 'node_modules') + sep;

/** What is compiled, by file and source, for all suites of a worker. */
const compiled = new Map();

/**
 * Leaves packages to Node.js, which loads each of them once in a worker. By itself, Jest loads every package anew for
 * every suite: aws-cdk-lib alone takes two seconds. Suites and packages are in one realm, so that `instanceof` holds.
 */
module.exports = class extends Runtime {
  constructor(...args) {
    super(...args);
    const { executor } = this;
    executor.compile = (source, filename) => compileOnce(source, filename, executor.injectedModuleParameters);
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

/** Each call of the function is a module of its own. */
function compileOnce(source, filename, parameters) {
  const known = compiled.get(filename);
  if (known?.source === source) return known.run;
  const run = compileFunction(source, parameters, { filename });
  compiled.set(filename, { source, run });
  return run;
}

/** What packages would make anew each time: called before a package is first loaded. */
const keepers = new Map([
  ['aws-cdk-lib', (require) => keepEngine(require('aws-cdk-lib'))],
  ['asl-validator', keepSchemas],
]);

function loadPackage(require, name) {
  for (const [kept, keep] of keepers) {
    if (name !== kept && !name.startsWith(`${kept}/`)) continue;
    keepers.delete(kept);
    keep(require);
  }
  return require(name);
}
