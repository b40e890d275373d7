import type { CatalogProblem, CompiledCatalog } from '../../lib/messages/catalog/compile';
import { anchorOf, type Html, html } from './html';
import { nameOf } from './locale';
import { emailAsSeen, smsAsSeen } from './message';
import { place, problemList, problemsOf } from './problems';
import { SampleTexts } from './samples';

/** One template in one locale. */
export function messageCard(compiled: CompiledCatalog, template: string, locale: string): Html {
  const { catalog } = compiled;
  const { email, sms } = catalog.templates[template]?.[locale] ?? {};
  const texts = new SampleTexts(catalog);
  const id = anchorOf(template, locale);
  const name = nameOf(locale);
  const ofCard = problemsOf(compiled, template, locale);
  const channel = (channel: NonNullable<CatalogProblem['channel']>, title: string, asSeen: Html | undefined) => {
    const problems = problemsOf(compiled, template, locale, channel);
    const nothing = problems.length + ofCard.length > 0 ? 'Nothing to show.' : 'Left to Cognito’s own message.';
    return html`
  <section class="${channel}">
    <h4>${title}</h4>
    ${problemList(problems, place)}
    ${asSeen ?? html`<p class="nothing">${nothing}</p>`}
  </section>`;
  };
  return html`
<article class="card" id="${id}" aria-labelledby="${id}/name">
  <header>
    <h3 id="${id}/name"><span class="spoken">${template}, </span><code>${locale}</code>${name && html` <span class="language">${name}</span>`}</h3>
    ${locale === catalog.defaultLocale && html`<span class="badge">default locale</span>`}
    ${problemList(ofCard, place)}
  </header>
  ${channel('email', 'Email', email && emailAsSeen(email, texts, template, locale))}
  ${channel('sms', 'SMS', sms && smsAsSeen(sms, texts, locale))}
</article>`;
}
