import { createHash } from 'node:crypto';

/** What the trigger does with a request, by the entry `verify` of ClientMetadata. */
export type TriggerTask = 'tell' | 'refuse' | 'crash' | 'no-code';

/**
 * The code of the custom message trigger. Cognito passes the text of a thrown error on to the caller: so `tell` reports the
 * event without a table, without a log, and without a message.
 */
export const TRIGGER_CODE = `
const { createHash } = require('node:crypto');
exports.handler = async (event) => {
  const metadata = event.request.clientMetadata ?? {};
  switch (metadata.verify) {
    case 'tell':
      throw new Error('told ' + JSON.stringify({
        source: event.triggerSource,
        userName: event.userName,
        status: event.request.userAttributes['cognito:user_status'],
        clientId: event.callerContext.clientId,
        sdk: event.callerContext.awsSdkVersion,
        metadata: createHash('sha256').update(JSON.stringify(Object.entries(metadata).sort())).digest('hex'),
      }));
    case 'refuse':
      throw new Error('refused');
    case 'crash':
      process.exit(1);
    case 'no-code':
      return { ...event, response: { ...event.response, emailSubject: 'Reset', emailMessage: 'No code' } };
    default:
      return event;
  }
};`;

/** What the trigger tells of its event. */
export interface ToldEvent {
  readonly source: string;
  readonly userName: string;
  readonly status: string;
  readonly clientId: string;
  readonly sdk: string;
  /** As {@link digestOf}. */
  readonly metadata: string;
}

/** The event that the trigger told; undefined when the text of the error has none. */
export function toldEvent(text: string): ToldEvent | undefined {
  const [, json] = /told (\{.*\})/s.exec(text) ?? [];
  return json === undefined ? undefined : JSON.parse(json);
}

/** The digest of ClientMetadata that the trigger tells. */
export function digestOf(metadata: Readonly<Record<string, string>>): string {
  return createHash('sha256')
    .update(JSON.stringify(Object.entries(metadata).sort()))
    .digest('hex');
}
