import type { CompiledCatalog, Problem } from '../../lib/messages/catalog/compile';
import { anchorOf, type Html, html } from './html';
import { languageNameOf } from './locale';
import { renderEmail, renderSms } from './message';
import { problemsOf, renderPlace, renderProblemList } from './problems';
import { SampleRenderer } from './samples';

/** One template in one locale. */
export function renderMessageCard(compiled: CompiledCatalog, template: string, locale: string): Html {
  const { catalog } = compiled;
  const { email, sms } = catalog.templates[template]?.[locale] ?? {};
  const texts = new SampleRenderer(catalog);
  const id = anchorOf(template, locale);
  const name = languageNameOf(locale);
  const ofCard = problemsOf(compiled, template, locale);
  const channel = (channel: NonNullable<Problem['channel']>, title: string, asSeen: Html | undefined) => {
    const problems = problemsOf(compiled, template, locale, channel);
    const nothing = problems.length + ofCard.length > 0 ? 'Nothing to show.' : 'Left to Cognito’s own message.';
    return html`
  <section class="${channel}">
    <h4>${title}</h4>
    ${renderProblemList(problems, renderPlace)}
    ${asSeen ?? html`<p class="nothing">${nothing}</p>`}
  </section>`;
  };
  return html`
<article class="card" id="${id}" aria-labelledby="${id}/name">
  <header>
    <h3 id="${id}/name"><span class="spoken">${template}, </span><code>${locale}</code>${name && html` <span class="language">${name}</span>`}</h3>
    ${locale === catalog.defaultLocale && html`<span class="badge">default locale</span>`}
    ${renderProblemList(ofCard, renderPlace)}
  </header>
  ${channel('email', 'Email', email && renderEmail(email, texts, template, locale))}
  ${channel('sms', 'SMS', sms && renderSms(sms, texts, locale))}
</article>`;
}
