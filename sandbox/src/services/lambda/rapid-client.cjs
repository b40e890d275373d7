'use strict';
/**
 * Replaces the native addon of aws-lambda-ric, which needs a C++ toolchain to build. It has the same four functions, and
 * calls the Lambda Runtime API with the HTTP client of Node.js. A function's process preloads it with --require.
 */
// Loaded before the code of the function, because tracing libraries patch this module.
const { Agent, request } = require('node:http');
const Module = require('node:module');

const [hostname, port] = (process.env.AWS_LAMBDA_RUNTIME_API ?? '').split(':');
const agent = new Agent({ keepAlive: true });

/** The pending posts. The runtime client does not wait for `done` and `error`, so the next request waits for them. */
let posted = Promise.resolve();

/** Ends the process when the sandbox has ended. */
function exitWithoutRuntimeApi() {
  process.exit(1);
}

function call(method, path, body) {
  return new Promise((resolve) => {
    const headers = body === undefined ? {} : { 'Content-Type': 'application/json' };
    request({ agent, hostname, port, method, headers, path: `/2018-06-01/runtime/invocation/${path}` }, (response) => {
      let bodyJson = '';
      response
        .setEncoding('utf8')
        .on('data', (chunk) => {
          bodyJson += chunk;
        })
        .on('end', () => resolve({ bodyJson, headers: response.headers }))
        .on('error', exitWithoutRuntimeApi);
    })
      .on('error', exitWithoutRuntimeApi)
      .end(body);
  });
}

function post(path, body) {
  posted = posted.then(() => call('POST', path, body));
}

const client = {
  initializeClient() {},
  async next() {
    await posted;
    return call('GET', 'next');
  },
  done(id, body) {
    post(`${id}/response`, body);
  },
  // The third argument, which describes the error for X-Ray, is ignored.
  error(id, body) {
    post(`${id}/error`, body);
  },
};

const load = Module._load;
Module._load = function (name, parent, ...rest) {
  // Only the runtime client, which is the main program, gets the replacement. A function may have an addon of the same name.
  const wanted = name === './rapid-client.node' && parent?.filename === process.argv[1];
  return wanted ? client : load.call(this, name, parent, ...rest);
};
