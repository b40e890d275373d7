const { createRequire } = require('node:module');

/**
 * Keeps the compiled schemas of asl-validator. By itself, it compiles them for each definition, which takes a tenth of a
 * second. Its formats are set anew for each definition, as it does by itself, and are the same because the sandbox always
 * gives the same options.
 */
exports.keepSchemas = (require) => {
  const ajv = createRequire(require.resolve('asl-validator'))('ajv');
  const { default: Ajv } = ajv;
  let kept;
  ajv.default = new Proxy(Ajv, {
    construct(_, [options]) {
      if (!options?.schemas?.some(({ $id }) => $id?.startsWith('http://asl-validator.cloud/'))) return new Ajv(options);
      if (kept === undefined) kept = new Ajv(options);
      // It has the keywords already, and would throw an error.
      else kept.addKeyword = () => kept;
      return kept;
    },
  });
};
