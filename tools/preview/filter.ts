import type { CatalogProblem, CompiledCatalog } from '../../lib/messages/catalog/compile';
import { anchorOf, type Html, html } from './html';
import { localesOf, localesOfTemplate, templatesOf } from './names';
import { problemsOf, renderPlace, renderProblemList, renderProblemMark } from './problems';

/**
 * Renders the choice of template and locale, as links. The page shows the message that the fragment of its address
 * names, which needs no script. Each message has a filter of its own, in which its names are marked as the current ones.
 *
 * @param locale undefined for all locales of the template
 */
export function renderFilter(compiled: CompiledCatalog, template: string, locale?: string): Html {
  const { catalog } = compiled;
  const locales = localesOfTemplate(compiled, template);
  const missing = localesOf(compiled).filter((name) => !locales.includes(name));
  const badges = [
    template === catalog.defaultTemplate && 'default template',
    template === catalog.selfServiceTemplate && 'self-service template',
  ];
  return html`
<nav class="filter" aria-label="Template and locale">
  <details>
    <summary><span><span class="label">Template</span> <span class="chosen">${template}</span></span></summary>
    <ul class="choices" aria-label="Templates">${templatesOf(compiled).map((name) =>
      renderChoice(anchorIn(compiled, name, locale), name, name === template, problemsIn(compiled, name)),
    )}
    </ul>
  </details>
  ${badges.map((badge) => badge && html`<span class="badge">${badge}</span>`)}
  ${
    locales.length > 0 &&
    html`<div class="locales"><span class="label" aria-hidden="true">Locale</span>
    <ul class="choices" aria-label="Locales">${locales.map((name) =>
      renderChoice(anchorOf(template, name), name, name === locale, problemsIn(compiled, template, name)),
    )}
      <li class="all"><a href="#${anchorOf(template)}"${locale === undefined && CURRENT}>All locales</a></li>
    </ul></div>`
  }
  ${missing.length > 0 && html`<span class="missing">not in ${missing.join(', ')}</span>`}
  ${renderProblemList(problemsOf(compiled, template), renderPlace)}
</nav>`;
}

const CURRENT = html` aria-current="true"`;

function renderChoice(anchor: string, name: string, isCurrent: boolean, problems: readonly CatalogProblem[]): Html {
  return html`
      <li><a href="#${anchor}"${isCurrent && CURRENT}>${name}${renderProblemMark(problems)}</a></li>`;
}

/** Another template in the same locale, if it has it, and otherwise in its first one. */
function anchorIn(compiled: CompiledCatalog, template: string, locale: string | undefined): string {
  if (locale === undefined) return anchorOf(template);
  const locales = localesOfTemplate(compiled, template);
  return anchorOf(template, locales.includes(locale) ? locale : locales[0]);
}

/** All problems of a template, or of one of its locales, in both channels. */
function problemsIn({ problems }: CompiledCatalog, template: string, locale?: string): readonly CatalogProblem[] {
  return problems.filter(
    (problem) => problem.template === template && (locale === undefined || problem.locale === locale),
  );
}
