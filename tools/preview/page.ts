import type { CatalogProblem, CompiledCatalog } from '../../lib/messages/catalog/compile';
import { countOf } from '../shared/count-of';
import { renderFilter } from './filter';
import { anchorOf, type Content, Html, html } from './html';
import { renderMessageCard } from './message-card';
import { localesOf, localesOfTemplate, templatesOf } from './names';
import { describeCounts, renderPlace, renderProblemList, severityOf } from './problems';
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
  const start = templates.find((template) => template === compiled.catalog.defaultTemplate) ?? templates[0];
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
<header class="top">
  <h1>Message preview</h1>
  <p class="counts">${countOf(templates.length, 'template')} in ${countOf(localesOf(compiled).length, 'locale')}${
    problems.length === 0 && html`, <span class="fine"><span aria-hidden="true">✓</span> no problems</span>`
  }</p>
  ${problems.length > 0 && renderAllProblems(compiled)}
  ${renderDefaults(compiled)}
</header>
<main>
${templates.map((template) => renderTemplateSection(compiled, template, template === start))}
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

function renderDefaults({ catalog }: CompiledCatalog): Html {
  const renderTemplate = (template: string | undefined) =>
    template === undefined ? COGNITO_MESSAGE : html`<a href="#${anchorOf(template)}">${template}</a>`;
  return html`<dl class="defaults">
    <div><dt>Template when a reset names none</dt><dd>${renderTemplate(catalog.defaultTemplate)}</dd></div>
    <div><dt>Template when users request a code themselves</dt><dd>${renderTemplate(catalog.selfServiceTemplate)}</dd></div>
    <div><dt>Locale for users of other languages</dt><dd>${catalog.defaultLocale || 'unknown'}</dd></div>
  </dl>`;
}

function renderTemplateSection(compiled: CompiledCatalog, template: string, isStart: boolean): Html {
  return html`
<section class="template${isStart && ' start'}" id="${anchorOf(template)}" tabindex="-1" aria-labelledby="${anchorOf(template)}/name">
  <h2 class="spoken" id="${anchorOf(template)}/name">${template}</h2>
  ${renderFilter(compiled, template)}
  <div class="cards">${localesOfTemplate(compiled, template).map((locale) =>
    renderMessageCard(compiled, template, locale),
  )}
  </div>
</section>`;
}

function renderAllProblems({ problems }: CompiledCatalog): Html {
  return html`<details class="all-problems">
    <summary class="${severityOf(problems)}">${describeCounts(problems)}</summary>
    <div tabindex="0" role="region" aria-label="All problems">${renderProblemList(problems, renderLinkedPlace)}</div>
  </details>`;
}

/** The place of a problem, as a link to the message that the problem is in. */
function renderLinkedPlace(problem: CatalogProblem): Content {
  if (problem.template === undefined) return renderPlace(problem);
  return html`<a href="#${anchorOf(problem.template, problem.locale)}">${renderPlace(problem)}</a>`;
}
