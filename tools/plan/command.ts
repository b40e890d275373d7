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
  parsePlan,
} from './estimate';
import { PRICES_AS_OF, PRICES_REGION, SMS_TO_UNITED_STATES } from './prices';

const USAGE = `Usage: npm run plan -- --users 1000000 [options]

Says what the reset of a whole user pool takes, on paper: hours, costs, and codes that expire. Nothing is started.

  --users NUMBER           users who are to be reset
  --rate NUMBER            resets a second at most (10 by default)
  --sign-out               sign the users out, too
  --whole-quota            allow a rate that leaves nothing of Cognito's quota to the users
  --no-messages            no messages of your own: nothing is signed, and no trigger runs
  --sms SHARE              of the users who get their code by SMS (0 by default), the others by email
  --sms-price USD          of one (${SMS_TO_UNITED_STATES.usd} by default, about that of the United States, carrier's fee included)
  --act-within-hour SHARE  of the users who act while their code is valid (assumed if not given)
  --json                   print the numbers as JSON
  --help                   print this`;

async function main(): Promise<boolean> {
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
  if (values.help) {
    console.log(USAGE);
    return true;
  }
  const plan = parsePlan(values);
  const result = estimate(plan);
  console.log(
    values.json
      ? JSON.stringify({ plan, prices: { region: PRICES_REGION, asOf: PRICES_AS_OF }, ...result })
      : text(plan, result),
  );
  return true;
}

function text(plan: Plan, result: Estimate): string {
  const { users, maxResetsPerSecond, signOut } = plan;
  return [
    `${countOf(users, 'user')} at ${maxResetsPerSecond} resets${signOut ? ' and sign-outs' : ''} a second, on paper`,
    section(`Costs in USD, ${PRICES_REGION}, prices of ${PRICES_AS_OF}, before free tiers and taxes`, costs(result)),
    section('Time', time(result)),
    section('Codes', codes(plan, result)),
    section(`Cognito's quota for account recovery, in requests a second`, quota(plan, result)),
    ...(result.warnings.length > 0 ? [section('Warnings', result.warnings.map(bullet))] : []),
    section('Look after', result.notes.map(bullet)),
  ].join('\n\n');
}

function section(heading: string, lines: readonly string[]): string {
  return [heading, '', ...lines].join('\n');
}

function costs({ costs, total }: Estimate): string[] {
  const table = columns(
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
  return [...table, '', '  Where the prices are from: tools/plan/prices.ts.'];
}

function unitPrice({ usd, per }: CostRow['price']): string {
  // As it is published: a plain number, however small.
  const price = usd.toLocaleString('en-US', { maximumFractionDigits: 12, useGrouping: false });
  return per === 1 ? price : `${price} per ${formatNumber(per)}`;
}

function time({ time }: Estimate): string[] {
  const { workers, batches, usersPerBatch } = time;
  return columns(
    [
      ['Listing', duration(time.listingSeconds), ''],
      [
        'Resets',
        duration(time.resetsSeconds),
        `${workers} workers, batches of ${usersPerBatch} users: ${formatNumber(batches)}`,
      ],
      ['Summary', duration(time.summarySeconds), ''],
      ['In all', duration(time.totalSeconds), `the whole quota alone would take ${duration(time.quotaSeconds)}`],
    ],
    ['left', 'right', 'left'],
  );
}

function duration(seconds: number): string {
  if (seconds < 60) return `${formatNumber(seconds)} s`;
  return seconds < 3600 ? `${(seconds / 60).toFixed(1)} min` : `${(seconds / 3600).toFixed(1)} h`;
}

function codes({ users }: Plan, { codes }: Estimate): string[] {
  const share = (count: number) => `${((count / users) * 100).toFixed(0)} %`;
  return [
    ...columns(
      [
        ['Used within their hour', formatNumber(codes.inTime), share(codes.inTime), ''],
        ['Expired', formatNumber(codes.expired), share(codes.expired), ''],
        ['  a new one needed within a day', formatNumber(codes.askForNew), share(codes.askForNew), 'by ForgotPassword'],
        ['  later, or never', formatNumber(codes.later), share(codes.later), ''],
      ],
      ['left', 'right', 'right', 'left'],
    ),
    '',
    '  When users act is an assumption: tools/plan/assumptions.ts, --act-within-hour.',
  ];
}

function quota({ maxResetsPerSecond }: Plan, { quota }: Estimate): string[] {
  const line = (name: string, { average, peak }: PerSecond) => [name, formatNumber(average), formatNumber(peak)];
  const table = columns(
    [
      ['', 'Average', 'Peak'],
      ['Resets, at most', `${maxResetsPerSecond}`, `${maxResetsPerSecond}`],
      [`Left to the users, of ${quota.perSecond}`, formatNumber(quota.left), formatNumber(quota.left)],
      line('Confirmations', quota.confirmations),
      line('Requests for a new code', quota.newCodes),
    ],
    ['left', 'right', 'right'],
  );
  return [...table, '', '  The peak is when the last user is reset.'];
}

function columns(rows: readonly string[][], alignments: readonly ('left' | 'right')[]): string[] {
  const widths = alignments.map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  return rows.map((row) => {
    const cells = row.map((cell, i) => (alignments[i] === 'left' ? cell.padEnd(widths[i]) : cell.padStart(widths[i])));
    return `  ${cells.join('  ')}`.trimEnd();
  });
}

/** In lines of at most 100 characters. */
function bullet(text: string): string {
  return `  - ${text.replace(/(?=.{97})(.{1,96})[ ]/g, '$1\n    ')}`;
}

void runCommand('npm run plan', main);
