import type { CatalogProblem, CompiledCatalog } from '../../lib/messages/catalog/compile';
import { countOf } from '../shared/count-of';
import { type Content, type Html, html } from './html';

const SIGNS = { error: '✕', warning: '!' } as const;
const NAMES = { error: 'Error', warning: 'Warning' } as const;

/** Renders a list of problems; undefined when there are none. */
export function renderProblemList(
  problems: readonly CatalogProblem[],
  renderPlaceOf: (problem: CatalogProblem) => Content,
): Html | undefined {
  if (problems.length === 0) return undefined;
  return html`<ul class="problems">${problems.map(
    (problem) => html`
  <li class="problem ${problem.severity}">
    <p><strong><span aria-hidden="true">${SIGNS[problem.severity]}</span> ${NAMES[problem.severity]}</strong> ${renderPlaceOf(problem)}</p>
    <p>${problem.text}</p>
  </li>`,
  )}
</ul>`;
}

/** The file and line, or the path, in the catalog. */
export function renderPlace(problem: CatalogProblem): Html {
  return html`<code>${problem.place}</code>`;
}

/** For example `1 error, 2 warnings`; undefined when there are no problems. */
export function describeCounts(problems: readonly CatalogProblem[]): string | undefined {
  const counts = (['error', 'warning'] as const).map((severity) => ({
    severity,
    count: countOfSeverity(problems, severity),
  }));
  const present = counts.filter(({ count }) => count > 0);
  return present.length === 0 ? undefined : present.map(({ severity, count }) => countOf(count, severity)).join(', ');
}

/** The severity of the worst one. */
export function severityOf(problems: readonly CatalogProblem[]): CatalogProblem['severity'] {
  return countOfSeverity(problems, 'error') > 0 ? 'error' : 'warning';
}

/** A small mark with the number of problems, which screen readers read out in words; undefined when there are none. */
export function renderProblemMark(problems: readonly CatalogProblem[]): Html | undefined {
  const severity = severityOf(problems);
  const words = describeCounts(problems);
  if (words === undefined) return undefined;
  return html`<span class="mark ${severity}" title="${words}"><span aria-hidden="true">${SIGNS[severity]} ${problems.length}</span><span class="spoken">: ${words}</span></span>`;
}

/** The problems of exactly this template, locale and channel. Without a locale, those of the template as a whole. */
export function problemsOf(
  { problems }: CompiledCatalog,
  template: string,
  locale?: string,
  channel?: CatalogProblem['channel'],
): readonly CatalogProblem[] {
  return problems.filter(
    (problem) => problem.template === template && problem.locale === locale && problem.channel === channel,
  );
}

function countOfSeverity(problems: readonly CatalogProblem[], severity: CatalogProblem['severity']): number {
  return problems.filter((problem) => problem.severity === severity).length;
}
