/**
 * Keeps the engine of the CDK's template validation for all resource types that a worker has seen. By itself, the CDK
 * creates another engine, which takes half a second, whenever an app has types that the last one did not have.
 */
exports.keepEngine = ({ CloudFormationValidatePlugin: { prototype } }) => {
  const { initializeEngine } = prototype;
  if (initializeEngine === undefined) throw new Error('the CDK validates templates in another way: adapt this file');
  const seen = new Set();
  prototype.initializeEngine = function (resourceTypes) {
    for (const type of resourceTypes) seen.add(type);
    return initializeEngine.call(this, new Set(seen));
  };
};
