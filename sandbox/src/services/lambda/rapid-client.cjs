'use strict';
/**
 * Stands in for the native addon of aws-lambda-ric, which needs a C++ toolchain to build: the same four functions,
 * speaking the Lambda Runtime API with Node's own HTTP client. Preloaded into a function's process with --require.
 */
// Taken now, before a function's code can patch the module (tracing libraries do).
const { Agent, request } = require('node:http');
const Module = require('node:module');

const [hostname, port] = (process.env.AWS_LAMBDA_RUNTIME_API ?? '').split(':');
const agent = new Agent({ keepAlive: true });

/** What was posted so far. The runtime client does not wait for done and error: the next request must. */
let posted = Promise.resolve();

/** Nobody is left to work for: without this, the process would outlive the sandbox. */
function runtimeApiIsGone() {
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
        .on('error', runtimeApiIsGone);
    })
      .on('error', runtimeApiIsGone)
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
  // The third argument describes the error to X-Ray, which the sandbox does not have.
  error(id, body) {
    post(`${id}/error`, body);
  },
};

const load = Module._load;
Module._load = function (name, parent, ...rest) {
  // Only for the runtime client, which is the program itself: a function may ship an addon of the same name.
  const wanted = name === './rapid-client.node' && parent?.filename === process.argv[1];
  return wanted ? client : load.call(this, name, parent, ...rest);
};
