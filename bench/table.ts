import { VARIANTS } from './builds';
import type { Figures, Row } from './measurements';

/** The ratio of one build to another. */
export function ratio(measured: Figures | undefined, to: Figures | undefined, figure: 'time' | 'cpu' = 'time'): number {
  return (measured?.[figure] ?? Number.NaN) / (to?.[figure] ?? Number.NaN);
}

/**
 * Time and CPU time of each build in milliseconds, the ratios of the function to the others, and the Node.js that ran
 * them.
 */
export function table(rows: readonly Row[]): string[] {
  const lines = rows.map(({ name, measurement, figures }) => [
    `${name}, ${measurement}`,
    ...VARIANTS.map((variant) => {
      const { time, cpu } = figures[variant] ?? {};
      const { function: own } = figures;
      if (time === undefined || cpu === undefined) return '-';
      const shown = `${time.toFixed(2)} / ${cpu.toFixed(2)}`;
      const ratios = `(${ratio(own, figures[variant]).toFixed(2)} / ${ratio(own, figures[variant], 'cpu').toFixed(2)})`;
      return variant === 'function' ? shown : `${shown} ${ratios}`;
    }),
  ]);
  const versions = [...new Set(rows.map(({ node }) => node))].join(', ');
  const header = [
    `ms of time / CPU, Node.js ${versions}`,
    'function',
    '(a) bare SDK call',
    "(b) runtime's SDK",
    '(c) no SDK',
  ];
  const widths = header.map((_, column) => Math.max(...[header, ...lines].map((line) => line[column]?.length ?? 0)));
  return [header, ...lines].map((line) => line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '));
}
