import type { Message, SmsPath } from 'cloud-assembly-sandbox';
import { convert } from 'html-to-text';

/** What AWS calls the services that send SMS. */
export const SMS_SERVICES: Readonly<Record<SmsPath, string>> = {
  END_USER_MESSAGING: 'AWS End User Messaging SMS',
  SNS: 'Amazon SNS',
};

/** Where a story is told. */
export interface Report {
  heading(text: string): void;
  /** One step: what was done, whether it went as expected, and what came of it. */
  step(step: Step): void;
  message(message: Message): void;
  ending(text: string, held: boolean): void;
}

export interface Step {
  readonly title: string;
  readonly held: boolean;
  /** What there is to see, such as an answer or an error. */
  readonly detail?: unknown;
}

/** For people. */
export class TextReport implements Report {
  #steps = 0;

  heading(text: string): void {
    console.log(`\n${text}\n`);
  }

  step({ title, held, detail }: Step): void {
    this.#steps += 1;
    console.log(`${held ? '✓' : '✗'} ${this.#steps}. ${title}`);
    if (detail !== undefined) {
      console.log(indent(typeof detail === 'string' ? detail : JSON.stringify(detail, undefined, 2)));
    }
  }

  message({ channel, destination, subject, body, originationIdentity, smsPath }: Message): void {
    if (smsPath !== undefined) {
      console.log(`    SMS from ${originationIdentity} through ${SMS_SERVICES[smsPath]} to ${destination}`);
    }
    const text = channel === 'EMAIL' ? convert(body, { wordwrap: 76 }) : wrap(body);
    const lines = [
      `To:      ${destination}`,
      ...(subject === undefined ? [] : [`Subject: ${subject}`]),
      '',
      ...text.split('\n'),
    ];
    const width = Math.max(...lines.map((line) => line.length), channel.length + 2);
    console.log(`    ┌ ${channel} ${'─'.repeat(width - channel.length)}┐`);
    for (const line of lines) console.log(`    │ ${line.padEnd(width)} │`);
    console.log(`    └${'─'.repeat(width + 2)}┘`);
  }

  ending(text: string, held: boolean): void {
    console.log(`\n${held ? '✓' : '✗'} ${text}`);
  }
}

/** For programs: a JSON object a line. */
export class JsonReport implements Report {
  heading(text: string): void {
    this.#print({ type: 'heading', text });
  }

  step(step: Step): void {
    this.#print({ type: 'step', ...step });
  }

  message(message: Message): void {
    this.#print({ type: 'message', ...message });
  }

  ending(text: string, held: boolean): void {
    this.#print({ type: 'ending', text, held });
  }

  #print(event: object): void {
    console.log(JSON.stringify(event));
  }
}

/** A text in lines of at most 76 characters, where its words allow that. */
function wrap(text: string): string {
  return text.replace(/(?=.{77})(.{1,76})[ ]/g, '$1\n');
}

function indent(text: string): string {
  return text.replace(/^/gm, '    ');
}
