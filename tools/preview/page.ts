import type { CatalogProblem, CompiledCatalog } from '../../lib/messages/catalog/compile';
import { countOf } from '../shared/count-of';
import { anchorOf, type Content, Html, html } from './html';
import { renderMessageCard } from './message-card';
import { describeCounts, problemsOf, renderPlace, renderProblemList, renderProblemMark } from './problems';
import { SAMPLE_CODE } from './samples';
import { STYLE } from './style';

/** Identifies a preview. The command overwrites only a file that contains this tag. */
export const GENERATOR = '<meta name="generator" content="cdk-cognito-password-reset preview">';

/**
 * Blocks scripts and all requests. The frames inherit the policy. Styles and images that are embedded in an email message
 * are shown.
 */
const CONTENT_SECURITY_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";

const COGNITO_MESSAGE = 'Cognito’s own message';

/** Renders one self-contained HTML page. The same catalog always gives the same page. */
export function renderPreviewPage(compiled: CompiledCatalog): string {
  const { problems } = compiled;
  const templates = templatesOf(compiled);
  const { source } = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${CONTENT_SECURITY_POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
${new Html(GENERATOR)}
<title>Message preview</title>
<style>${new Html(STYLE)}</style>
</head>
<body>
<a class="skip" href="#messages">Skip to the messages</a>
<header class="top">
  <h1>Message preview</h1>
  <p class="counts">${countOf(templates.length, 'template')} in ${countOf(localesOf(compiled).length, 'locale')}, ${
    problems.length > 0
      ? html`<a href="#problems">${describeCounts(problems)}</a>`
      : html`<span class="fine"><span aria-hidden="true">✓</span> no problems</span>`
  }</p>
  ${renderDefaults(compiled)}
</header>
${renderNavigation(compiled, templates)}
<main id="messages" tabindex="-1">
${
  problems.length > 0 &&
  html`<section class="all-problems" id="problems" aria-labelledby="problems-title">
<h2 id="problems-title">Problems</h2>
${renderProblemList(problems, renderLinkedPlace)}
</section>`
}
${templates.map((template) => renderTemplateSection(compiled, template))}
</main>
<footer>
  <p><mark class="code">${SAMPLE_CODE}</mark> stands for the code, and <mark class="value">[name]</mark> for the value of a user attribute or of ClientMetadata. Both count towards the lengths as shown here.</p>
  <p>Cognito sends the email messages of the catalog only if the user pool sends through Amazon SES. This page loads no images from the network, and its links to other sites do nothing.</p>
</footer>
</body>
</html>
`;
  return source;
}

/** Includes templates that exist only in the list of problems. */
export function templatesOf({ catalog, problems }: CompiledCatalog): string[] {
  return distinct([...Object.keys(catalog.templates), ...problems.map(({ template }) => template)]);
}

export function localesOf(compiled: CompiledCatalog): string[] {
  return distinct(templatesOf(compiled).flatMap((template) => localesOfTemplate(compiled, template)));
}

/** The default locale is the first one, because the others are compared with it. */
function localesOfTemplate({ catalog, problems }: CompiledCatalog, template: string): string[] {
  const reported = problems.filter((problem) => problem.template === template).map(({ locale }) => locale);
  const locales = distinct([...Object.keys(catalog.templates[template] ?? {}), ...reported]);
  const isDefault = (locale: string) => locale === catalog.defaultLocale;
  return [...locales.filter(isDefault), ...locales.filter((locale) => !isDefault(locale))];
}

function distinct(names: readonly (string | undefined)[]): string[] {
  return [...new Set(names.filter((name) => name !== undefined))].sort();
}

function renderDefaults({ catalog }: CompiledCatalog): Html {
  const renderTemplate = (template: string | undefined) =>
    template === undefined ? COGNITO_MESSAGE : html`<a href="#${anchorOf(template)}">${template}</a>`;
  return html`<dl class="defaults">
    <div><dt>Template when a reset names none</dt><dd>${renderTemplate(catalog.defaultTemplate)}</dd></div>
    <div><dt>Template when users request a code themselves</dt><dd>${renderTemplate(catalog.selfServiceTemplate)}</dd></div>
    <div><dt>Locale for users of other languages</dt><dd>${catalog.defaultLocale || 'unknown'}</dd></div>
  </dl>`;
}

function renderNavigation(compiled: CompiledCatalog, templates: readonly string[]): Html {
  const problemsIn = (template: string, locale: string) =>
    compiled.problems.filter((problem) => problem.template === template && problem.locale === locale);
  return html`
<nav aria-label="Messages">
  <ul>${templates.map(
    (template) => html`
    <li><a class="template" href="#${anchorOf(template)}">${template}${renderProblemMark(problemsOf(compiled, template))}</a>
      <ul>${localesOfTemplate(compiled, template).map(
        (locale) => html`
        <li><a href="#${anchorOf(template, locale)}"><span class="spoken">${template}, </span>${locale}${renderProblemMark(problemsIn(template, locale))}</a></li>`,
      )}
      </ul>
    </li>`,
  )}
  </ul>
</nav>`;
}

function renderTemplateSection(compiled: CompiledCatalog, template: string): Html {
  const { catalog } = compiled;
  const locales = localesOfTemplate(compiled, template);
  const missing = localesOf(compiled).filter((locale) => !locales.includes(locale));
  const badges = [
    template === catalog.defaultTemplate && 'default template',
    template === catalog.selfServiceTemplate && 'self-service template',
  ];
  return html`
<section class="template" id="${anchorOf(template)}" aria-labelledby="${anchorOf(template)}/name">
  <header>
    <h2 id="${anchorOf(template)}/name">${template}</h2>
    ${badges.map((badge) => badge && html`<span class="badge">${badge}</span>`)}
    ${missing.length > 0 && html`<span class="missing">not in ${missing.join(', ')}</span>`}
    ${renderProblemList(problemsOf(compiled, template), renderPlace)}
  </header>
  <div class="cards">${locales.map((locale) => renderMessageCard(compiled, template, locale))}
  </div>
</section>`;
}

/** The place of a problem, as a link to the message that the problem is in. */
function renderLinkedPlace(problem: CatalogProblem): Content {
  if (problem.template === undefined) return renderPlace(problem);
  return html`<a href="#${anchorOf(problem.template, problem.locale)}">${renderPlace(problem)}</a>`;
}
