import { parseArgs } from 'node:util';
import { countOf } from '../shared/count-of';
import { runCommand } from '../shared/run-command';
import {
  type CostRow,
  type Estimate,
  estimate,
  formatNumber,
  formatUsd,
  type PerSecond,
  type Plan,
  type PlanOptions,
  parsePlan,
} from './estimate';
import { PRICES_AS_OF, PRICES_REGION, SMS_MESSAGE } from './prices';

const USAGE = `Usage: npm run plan -- --users 1000000 [options]

Estimates the reset of a whole user pool: its duration, its costs, and the codes that expire. No user is reset.

  --users NUMBER           number of users to reset
  --rate NUMBER            resets per second, at most (10 by default)
  --sign-out               also sign the users out
  --whole-quota            allow a rate up to Cognito's quota, which leaves nothing for the users' own requests
  --no-messages            without ResetMessages: Cognito's own message, no signature, no trigger
  --sms SHARE              share of the users who get an SMS message, from 0 to 1 (0 by default); the others get an
                           email message
  --sms-price USD          price of an SMS message (${SMS_MESSAGE.usd} by default, as for campaigns; it differs between countries)
  --act-within-hour SHARE  share of the users who react within an hour, while their code is valid, from 0 to 1 (by
                           default an assumption: tools/plan/assumptions.ts)
  --json                   print the numbers as JSON
  --help                   print this text`;

/** Throws an error when an option is not valid. */
function readArguments() {
  const flag = { type: 'boolean', default: false } as const;
  const { values } = parseArgs({
    options: {
      users: { type: 'string' },
      rate: { type: 'string', default: '10' },
      'sign-out': flag,
      'whole-quota': flag,
      'no-messages': flag,
      sms: { type: 'string', default: '0' },
      'sms-price': { type: 'string' },
      'act-within-hour': { type: 'string' },
      json: flag,
      help: flag,
    },
  });
  return values;
}

/** Prints the estimate. Throws an error when the value of an option is not valid. */
function printEstimate(options: PlanOptions & { readonly json: boolean }): boolean {
  const plan = parsePlan(options);
  const result = estimate(plan);
  console.log(
    options.json
      ? JSON.stringify({ plan, prices: { region: PRICES_REGION, asOf: PRICES_AS_OF }, ...result })
      : formatEstimate(plan, result),
  );
  return true;
}

function formatEstimate(plan: Plan, result: Estimate): string {
  const { users, maxResetsPerSecond, signOut } = plan;
  return [
    `${countOf(users, 'user')} at ${maxResetsPerSecond} resets${signOut ? ' and sign-outs' : ''} per second: an estimate`,
    section(
      `Costs in USD, ${PRICES_REGION}, prices of ${PRICES_AS_OF}, before free tiers and taxes`,
      costLines(result),
    ),
    section('Duration', durationLines(result)),
    section('Codes', codeLines(plan, result)),
    section(`Cognito's quota for account recovery, in requests per second`, quotaLines(plan, result)),
    ...(result.warnings.length > 0 ? [section('Warnings', result.warnings.map(bullet))] : []),
    section('Check before you start', result.notes.map(bullet)),
  ].join('\n\n');
}

function section(heading: string, lines: readonly string[]): string {
  return [heading, '', ...lines].join('\n');
}

function costLines({ costs, total }: Estimate): string[] {
  const table = formatTable(
    [
      ['Item', 'Quantity', '', 'Unit price', 'USD'],
      ...costs.map(({ item, quantity, price, usd }) => [
        item,
        formatNumber(quantity),
        price.unit,
        unitPrice(price),
        formatUsd(usd),
      ]),
      ['Total', '', '', '', formatUsd(total)],
    ],
    ['left', 'right', 'left', 'right', 'right'],
  );
  return [...table, '', '  Sources of the prices: tools/plan/prices.ts.'];
}

function unitPrice({ usd, per }: CostRow['price']): string {
  // The way AWS publishes it: all digits, no exponent.
  const price = usd.toLocaleString('en-US', { maximumFractionDigits: 12, useGrouping: false });
  return per === 1 ? price : `${price} per ${formatNumber(per)}`;
}

function durationLines({ time }: Estimate): string[] {
  const { workers, batches, usersPerBatch } = time;
  return formatTable(
    [
      ['Listing', formatDuration(time.listingSeconds), ''],
      [
        'Resets',
        formatDuration(time.resetsSeconds),
        `${workers} workers, ${formatNumber(batches)} batches of ${usersPerBatch} users`,
      ],
      ['Summary', formatDuration(time.summarySeconds), ''],
      [
        'Total',
        formatDuration(time.totalSeconds),
        `at Cognito's whole quota, the resets would take ${formatDuration(time.quotaSeconds)}`,
      ],
    ],
    ['left', 'right', 'left'],
  );
}

function formatDuration(seconds: number): string {
  if (seconds < 60) return `${formatNumber(seconds)} s`;
  return seconds < 3600 ? `${(seconds / 60).toFixed(1)} min` : `${(seconds / 3600).toFixed(1)} h`;
}

function codeLines({ users }: Plan, { codes }: Estimate): string[] {
  const share = (count: number) => `${((count / users) * 100).toFixed(0)} %`;
  return [
    ...formatTable(
      [
        ['Used within an hour', formatNumber(codes.inTime), share(codes.inTime), ''],
        ['Expired', formatNumber(codes.expired), share(codes.expired), ''],
        [
          '  user returns within a day',
          formatNumber(codes.askForNew),
          share(codes.askForNew),
          'and requests a new code',
        ],
        ['  user returns later, or never', formatNumber(codes.later), share(codes.later), ''],
      ],
      ['left', 'right', 'right', 'left'],
    ),
    '',
    '  When users react is an assumption: see tools/plan/assumptions.ts, or set --act-within-hour.',
  ];
}

function quotaLines({ maxResetsPerSecond }: Plan, { quota }: Estimate): string[] {
  const line = (name: string, { average, peak }: PerSecond) => [name, formatNumber(average), formatNumber(peak)];
  const table = formatTable(
    [
      ['', 'Average', 'Peak'],
      ['Resets', `${maxResetsPerSecond}`, `${maxResetsPerSecond}`],
      [`Left for users, of ${quota.perSecond}`, formatNumber(quota.left), formatNumber(quota.left)],
      line('Confirmations', quota.confirmations),
      line('Requests for a new code', quota.newCodes),
    ],
    ['left', 'right', 'right'],
  );
  return [...table, '', '  The peak is at the end of the campaign.'];
}

function formatTable(rows: readonly string[][], alignments: readonly ('left' | 'right')[]): string[] {
  const widths = alignments.map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  return rows.map((row) => {
    const cells = row.map((cell, i) => (alignments[i] === 'left' ? cell.padEnd(widths[i]) : cell.padStart(widths[i])));
    return `  ${cells.join('  ')}`.trimEnd();
  });
}

/** Breaks the text into lines of at most 100 characters. */
function bullet(text: string): string {
  return `  - ${text.replace(/(?=.{97})(.{1,96})[ ]/g, '$1\n    ')}`;
}

void runCommand({ name: 'npm run plan', usage: USAGE, readArguments, load: async () => printEstimate });
