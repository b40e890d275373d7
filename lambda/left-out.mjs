/**
 * What the bundles leave out of packages because no function uses it: the end of a file's path, and what is bundled
 * instead of the file, or made of its text. Every file must exist and be part of a bundle, and must change.
 */
import { readFile } from 'node:fs/promises';

const ERROR_CLASS = `
  const errorClass = (name, $fault) => class extends __BaseException {
    constructor(options) {
      super({ name, $fault, ...options });
      Object.setPrototypeOf(this, new.target.prototype);
    }
  };
`;

const LEFT_OUT = {
  // No function calls an operation with an event stream.
  '@smithy/core/dist-es/submodules/event-streams/index.js': `export const EventStreamSerde = undefined;
    export const eventStreamSerdeProvider = undefined, resolveEventStreamSerdeConfig = (config) => config;`,
  // Node.js computes SHA-256.
  '@smithy/core/dist-es/submodules/checksum/sha256/Sha256Js.js': 'export const Sha256Js = undefined;',
  // Every client has the retry mode `standard`, which needs no rate limiter.
  '@smithy/core/dist-es/submodules/retry/util-retry/AdaptiveRetryStrategy.js':
    'export const AdaptiveRetryStrategy = undefined;',
  // Lambda has no configuration files.
  '@smithy/core/dist-es/submodules/config/shared-ini-file-loader/loadSharedConfigFiles.js':
    "export const CONFIG_PREFIX_SEPARATOR = '.', loadSharedConfigFiles = async () => ({ configFile: {}, credentialsFile: {} });",
  // Lambda sets the Region.
  '@smithy/core/dist-es/submodules/config/config-resolver/regionConfig/getInstanceMetadataRegion.js':
    'export const getInstanceMetadataRegion = async () => undefined;',
  // Every body of a request is a string or bytes.
  '@smithy/core/dist-es/submodules/retry/middleware-retry/isStreamingPayload/isStreamingPayload.js':
    'export const isStreamingPayload = () => false;',
  // Every body of a response is a stream of Node.js. Looking for others would load the Web Streams API.
  '@smithy/core/dist-es/submodules/serde/util-stream/stream-collector.js':
    'export const streamCollector = async (stream) => Buffer.concat(await stream.toArray());',
  // The pattern of a partition matches all of its Regions.
  '@aws-sdk/core/dist-es/submodules/client/util-endpoints/lib/aws/partitions.js': (text) =>
    text.replaceAll(/"regions": \{(\s+"[\w-]+": \{\s+"description": "[^"]+"\s+\},?)+\s+\}/g, '"regions": {}'),
  // The classes of Cognito's errors differ in their names and in whose fault they are.
  '@aws-sdk/client-cognito-identity-provider/dist-es/models/errors.js': (text) =>
    text
      .replace('\n', ERROR_CLASS)
      .replace(
        /export class (\w+) extends [\s\S]*?\$fault = "(\w+)";[\s\S]*?\n\}/g,
        (_, name, fault) => `export const ${name} = errorClass("${name}", "${fault}");`,
      ),
};

const used = new Set();

/** The plugin of esbuild that leaves these parts out. */
export const leaveOut = {
  name: 'leave-out',
  setup({ onLoad }) {
    for (const [file, replacement] of Object.entries(LEFT_OUT)) {
      onLoad({ filter: new RegExp(`/node_modules/${file.replaceAll('.', '\\.')}$`) }, async ({ path }) => {
        const text = await readFile(path, 'utf8');
        const contents = typeof replacement === 'string' ? replacement : replacement(text);
        if (contents !== text) used.add(file);
        return { contents };
      });
    }
  },
};

/** Throws when a part is not in the packages any more, where a new version may have moved it. */
export function checkLeftOut() {
  const missing = Object.keys(LEFT_OUT).filter((file) => !used.has(file));
  if (missing.length > 0) throw new Error(`lambda/left-out.mjs: not in any bundle: ${missing.join(', ')}`);
}
