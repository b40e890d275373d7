/** HTML source that is inserted into the page as it is. All other content is escaped. */
export class Html {
  constructor(readonly source: string) {}
}

export type Content = Html | string | number | false | undefined | readonly Content[];

/** A tag for template literals of HTML. It escapes every inserted value that is not {@link Html}. */
export function html(literals: TemplateStringsArray, ...contents: readonly Content[]): Html {
  return new Html(literals.map((literal, i) => (i === 0 ? '' : toSource(contents[i - 1])) + literal).join(''));
}

function toSource(content: Content): string {
  if (content === undefined || content === false) return '';
  if (content instanceof Html) return content.source;
  return typeof content === 'object' ? content.map(toSource).join('') : escapeHtml(String(content));
}

/** For use as text, or as the value of an attribute in quotes. */
function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** The id of the element that shows a template, or one locale of the template. */
export function anchorOf(template: string, locale?: string): string {
  const names = locale === undefined ? [template] : [template, locale];
  return ['template', ...names.map((name) => encodeURIComponent(name.toWellFormed()))].join('/');
}
