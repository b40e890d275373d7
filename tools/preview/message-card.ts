import type { CatalogProblem, CompiledCatalog } from '../../lib/messages/catalog/compile';
import { renderFilter } from './filter';
import { anchorOf, type Html, html } from './html';
import { languageNameOf } from './locale';
import { renderEmail, renderSms } from './message';
import { problemsOf, renderPlace, renderProblemList } from './problems';
import { SampleRenderer } from './samples';

/** Renders a template in one locale: its email message and its SMS message. */
export function renderMessageCard(compiled: CompiledCatalog, template: string, locale: string): Html {
  const { catalog } = compiled;
  const { email, sms } = catalog.templates[template]?.[locale] ?? {};
  const samples = new SampleRenderer(catalog);
  const id = anchorOf(template, locale);
  const name = languageNameOf(locale);
  const cardProblems = problemsOf(compiled, template, locale);
  const renderChannel = (channel: NonNullable<CatalogProblem['channel']>, title: string, message: Html | undefined) => {
    const problems = problemsOf(compiled, template, locale, channel);
    const placeholder =
      problems.length + cardProblems.length > 0 ? 'The message cannot be shown.' : 'Cognito sends its own message.';
    return html`
  <section class="${channel}">
    <h4>${title}</h4>
    ${renderProblemList(problems, renderPlace)}
    ${message ?? html`<p class="nothing">${placeholder}</p>`}
  </section>`;
  };
  return html`
<article class="card" id="${id}" tabindex="-1" aria-labelledby="${id}/name">
  ${renderFilter(compiled, template, locale)}
  <header>
    <h3 id="${id}/name"><span class="spoken">${template}, </span><code>${locale}</code>${name && html` <span class="language">${name}</span>`}</h3>
    ${locale === catalog.defaultLocale && html`<span class="badge">default locale</span>`}
    ${renderProblemList(cardProblems, renderPlace)}
  </header>
  ${renderChannel('email', 'Email', email && renderEmail(email, samples, template, locale))}
  ${renderChannel('sms', 'SMS', sms && renderSms(sms, samples, locale))}
</article>`;
}
