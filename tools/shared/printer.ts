import type { Message, SmsPath } from 'cloud-assembly-sandbox';
import { convert } from 'html-to-text';

/** The AWS names of the services that send SMS messages. */
export const SMS_SERVICES: Readonly<Record<SmsPath, string>> = {
  END_USER_MESSAGING: 'AWS End User Messaging SMS',
  SNS: 'Amazon SNS',
};

/** Prints what a command does. */
export interface Printer {
  heading(text: string): void;
  step(step: Step): void;
  message(message: Message): void;
  ending(text: string, held: boolean): void;
}

export interface Step {
  readonly title: string;
  /** Whether the result was the expected one. */
  readonly held: boolean;
  /** For example a response, or an error. */
  readonly detail?: unknown;
}

/** Prints text for people. */
export class TextPrinter implements Printer {
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

/** Prints one JSON object per line, for programs. */
export class JsonPrinter implements Printer {
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

/** Breaks a text into lines of at most 76 characters. A longer word is not broken. */
function wrap(text: string): string {
  return text.replace(/(?=.{77})(.{1,76})[ ]/g, '$1\n');
}

function indent(text: string): string {
  return text.replace(/^/gm, '    ');
}
