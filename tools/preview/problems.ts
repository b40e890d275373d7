import type { CompiledCatalog, Problem } from '../../lib/messages/catalog/compile';
import { countOf } from '../shared/count-of';
import { type Content, type Html, html } from './html';

const SIGNS = { error: '✕', warning: '!' } as const;
const NAMES = { error: 'Error', warning: 'Warning' } as const;

/** The problems of one place; nothing when it has none. */
export function renderProblemList(
  problems: readonly Problem[],
  placeOf: (problem: Problem) => Content,
): Html | undefined {
  if (problems.length === 0) return undefined;
  return html`<ul class="problems">${problems.map(
    (problem) => html`
  <li class="problem ${problem.severity}">
    <p><strong><span aria-hidden="true">${SIGNS[problem.severity]}</span> ${NAMES[problem.severity]}</strong> ${placeOf(problem)}</p>
    <p>${problem.text}</p>
  </li>`,
  )}
</ul>`;
}

/** The place as it stands in the catalog. */
export function renderPlace(problem: Problem): Html {
  return html`<code>${problem.place}</code>`;
}

/** How many errors and warnings, in words; undefined when there are none. */
export function describeCounts(problems: readonly Problem[]): string | undefined {
  const counts = (['error', 'warning'] as const).map((severity) => ({
    severity,
    count: countOfSeverity(problems, severity),
  }));
  const present = counts.filter(({ count }) => count > 0);
  return present.length === 0 ? undefined : present.map(({ severity, count }) => countOf(count, severity)).join(', ');
}

/** A small mark that says how many, and is read out in words; nothing when there are none. */
export function renderProblemMark(problems: readonly Problem[]): Html | undefined {
  const severity = countOfSeverity(problems, 'error') > 0 ? 'error' : 'warning';
  const words = describeCounts(problems);
  if (words === undefined) return undefined;
  return html`<span class="mark ${severity}" title="${words}"><span aria-hidden="true">${SIGNS[severity]} ${problems.length}</span><span class="spoken">: ${words}</span></span>`;
}

/** What belongs to a template, locale and channel, and to nothing narrower. */
export function problemsOf(
  { problems }: CompiledCatalog,
  template: string,
  locale?: string,
  channel?: Problem['channel'],
): readonly Problem[] {
  return problems.filter((of) => of.template === template && of.locale === locale && of.channel === channel);
}

function countOfSeverity(problems: readonly Problem[], severity: Problem['severity']): number {
  return problems.filter((problem) => problem.severity === severity).length;
}
