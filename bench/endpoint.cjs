// Runs in a separate process. Answers the calls of the measured functions over TLS, at once on one port and late on
// another, and counts handshakes. The parent process asks for the counts, and sends the text of every object of S3. The worker
// reads one object at its beginning: this connection, of which nothing else can have a use, does not count.
const { readFileSync } = require('node:fs');
const { createServer } = require('node:https');

const [, , keyFile, certificateFile, ...latencies] = process.argv;
const key = readFileSync(keyFile);
const cert = readFileSync(certificateFile);

let object = '';

/** The time until which slots of the pace are taken. */
let nextSlot = 0;

const ANSWERS = {
  'TrentService.GenerateMac': () => ({ Mac: Buffer.alloc(32).toString('base64') }),
  'TrentService.VerifyMac': () => ({ MacValid: true }),
  'DynamoDB_20120810.BatchGetItem': () => ({ Responses: {}, UnprocessedKeys: {} }),
  'DynamoDB_20120810.UpdateItem': ({ ExpressionAttributeValues: values = {} }) => {
    if (values[':taken'] === undefined) return {};
    nextSlot = Math.max(nextSlot, Number(values[':earliest'].N)) + Number(values[':taken'].N);
    return { Attributes: { nextAt: { N: String(nextSlot) } } };
  },
};

let handshakes = 0;
let requests = 0;
/** The connections that are open, and the most that were open at once. */
let open = 0;
let connections = 0;

const counted = new WeakSet();

function countConnection(socket) {
  if (counted.has(socket)) return;
  counted.add(socket);
  handshakes += 1;
  open += 1;
  connections = Math.max(connections, open);
  socket.on('close', () => {
    open -= 1;
  });
}

async function listen(latency) {
  const server = createServer({ key, cert }, async (request, response) => {
    requests += 1;
    if (request.method !== 'GET') countConnection(request.socket);
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks).toString();
    const answer = ANSWERS[request.headers['x-amz-target']];
    const others = request.method === 'GET' ? object : '{}';
    const text = answer === undefined ? others : JSON.stringify(answer(JSON.parse(body)));
    const send = () =>
      response.writeHead(200, { 'Content-Type': 'application/x-amz-json-1.0', 'x-amzn-RequestId': 'bench' }).end(text);
    if (latency === 0) send();
    else setTimeout(send, latency);
  });
  // As AWS, which closes idle connections after a time that no benchmark lasts.
  server.keepAliveTimeout = 0;
  server.on('secureConnection', (socket) => socket.on('error', () => {}));
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  return server.address().port;
}

process.on('message', (message) => {
  if (message.object !== undefined) {
    object = message.object;
    return;
  }
  process.send({ handshakes, requests, connections });
  handshakes = 0;
  requests = 0;
  connections = open;
});

// The benchmark has ended or was interrupted.
process.on('disconnect', () => process.exit());

Promise.all(latencies.map((latency) => listen(Number(latency)))).then((ports) => process.send(ports));
