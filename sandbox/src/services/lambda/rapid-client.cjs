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

/** The native addon leaves out what describes the error for X-Ray when it is longer than this, in bytes. */
const MAX_ERROR_CAUSE = 1_048_576;

function call(method, path, body, more) {
  return new Promise((resolve) => {
    const headers = body === undefined ? {} : { 'Content-Type': 'application/json', ...more };
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

function post(path, body, headers) {
  posted = posted.then(() => call('POST', path, body, headers));
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
  error(id, body, errorCause) {
    // A header has the bytes of its text.
    const bytes = Buffer.from(errorCause);
    const sent = bytes.length > 0 && bytes.length <= MAX_ERROR_CAUSE;
    post(`${id}/error`, body, sent && { 'Lambda-Runtime-Function-XRay-Error-Cause': bytes.toString('latin1') });
  },
};

const load = Module._load;
Module._load = function (name, parent, ...rest) {
  // Only the runtime client, which is the main program, gets the replacement. A function may have an addon of the same name.
  const wanted = name === './rapid-client.node' && parent?.filename === process.argv[1];
  return wanted ? client : load.call(this, name, parent, ...rest);
};
