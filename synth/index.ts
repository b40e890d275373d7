import { type DefaultTreeAdapterMap, defaultTreeAdapter, parse, type TreeAdapter } from 'parse5';
import type { HtmlLanguage, SourceRange, SynthTools } from '../lib/contract/synth-tools';

type Node = DefaultTreeAdapterMap['node'];

/** Elements whose content is not shown, is shown only as a fallback, or is not parsed as HTML text. */
const HIDDEN_ELEMENTS = new Set([
  'audio',
  'canvas',
  'datalist',
  'dialog',
  'iframe',
  'math',
  'noembed',
  'noframes',
  'noscript',
  'object',
  'plaintext',
  'script',
  'select',
  'style',
  'svg',
  'template',
  'textarea',
  'title',
  'video',
  'xmp',
]);

/**
 * Elements that parsers treat differently, because their rules have changed: what follows them may or may not be
 * inside. Nothing after the first of them is reported.
 */
const AMBIGUOUS_ELEMENTS = new Set(['select', 'template']);

/** Elements whose content is a language of its own. */
const CODE_ELEMENTS = new Set(['script', 'style']);

/**
 * Creates one text node for each run of characters. The default adapter joins adjacent runs, such as those around a
 * table or an ignored tag, and the location of a joined node would cover the tags between them.
 */
const treeAdapter: TreeAdapter<DefaultTreeAdapterMap> = {
  ...defaultTreeAdapter,
  insertText: (parent, text) => defaultTreeAdapter.appendChild(parent, defaultTreeAdapter.createTextNode(text)),
  insertTextBefore: (parent, text, reference) =>
    defaultTreeAdapter.insertBefore(parent, defaultTreeAdapter.createTextNode(text), reference),
};

export const scanHtml: SynthTools['scanHtml'] = (html) => {
  // The content of `noscript` is parsed differently with and without scripts: only ranges that both parses report
  // count.
  const [scripted, plain] = [true, false].map((scriptingEnabled) => scanWithScripting(html, scriptingEnabled));
  return {
    text: intersectRanges(html.length, scripted.text, plain.text),
    attributeValues: intersectRanges(html.length, scripted.attributeValues, plain.attributeValues),
    rawText: intersectRanges(html.length, scripted.rawText, plain.rawText),
    undisplayed: intersectRanges(html.length, scripted.undisplayed, plain.undisplayed),
  };
};

function scanWithScripting(html: string, scriptingEnabled: boolean) {
  const text: SourceRange[] = [];
  const attributeValues: SourceRange[] = [];
  const rawText: SourceRange[] = [];
  const undisplayed: SourceRange[] = [];
  let reliableUntil = html.length;
  for (const { node, isHidden } of nodesOf(html, scriptingEnabled)) {
    const location = node.sourceCodeLocation;
    if (location && AMBIGUOUS_ELEMENTS.has(node.nodeName)) {
      reliableUntil = Math.min(reliableUntil, location.startOffset);
    }
    if (location && 'parentNode' in node && CODE_ELEMENTS.has(node.parentNode?.nodeName ?? '')) {
      rawText.push({ start: location.startOffset, end: location.endOffset });
    }
    if (location && isUndisplayed(node)) undisplayed.push({ start: location.startOffset, end: location.endOffset });
    if (isHidden) continue;
    if (location && node.nodeName === '#text') text.push({ start: location.startOffset, end: location.endOffset });
    attributeValues.push(...attributeValuesOf(node));
  }
  const isReliable = ({ end }: SourceRange) => end <= reliableUntil;
  return {
    text: text.filter(isReliable),
    attributeValues: attributeValues.filter(isReliable),
    rawText: rawText.filter(isReliable),
    undisplayed,
  };
}

function isUndisplayed(node: Node): boolean {
  return (
    'attrs' in node &&
    node.attrs.some(({ name, value }) => name === 'hidden' || (name === 'style' && /display\s*:\s*none/i.test(value)))
  );
}

/** All nodes of a document, in no particular order, and whether a reader sees them. */
function* nodesOf(html: string, scriptingEnabled: boolean): Generator<{ node: Node; isHidden: boolean }> {
  const document = parse(html, { treeAdapter, sourceCodeLocationInfo: true, scriptingEnabled });
  const nodes: { node: Node; isHidden: boolean }[] = [{ node: document, isHidden: false }];
  for (let next = nodes.pop(); next; next = nodes.pop()) {
    const { node } = next;
    const isHidden = next.isHidden || HIDDEN_ELEMENTS.has(node.nodeName);
    yield { node, isHidden };
    const { childNodes = [], content } = node as { childNodes?: Node[]; content?: Node };
    for (const child of content ? [content, ...childNodes] : childNodes) nodes.push({ node: child, isHidden });
  }
}

function attributeValuesOf({ sourceCodeLocation: location }: Node): SourceRange[] {
  if (!location || !('attrs' in location)) return [];
  return Object.entries(location.attrs ?? {}).map(([name, { startOffset, endOffset }]) => ({
    start: startOffset + name.length,
    end: endOffset,
  }));
}

/** The ranges that every list covers. Adjacent ranges are merged. */
function intersectRanges(length: number, ...lists: SourceRange[][]): SourceRange[] {
  const covered = new Uint8Array(length);
  for (const [count, ranges] of lists.entries()) {
    for (const { start, end } of ranges) {
      for (let at = start; at < end; at++) {
        if (covered[at] === count) covered[at]++;
      }
    }
  }
  const ranges: SourceRange[] = [];
  for (let start = covered.indexOf(lists.length); start >= 0; ) {
    let end = start;
    while (covered[end] === lists.length) end++;
    ranges.push({ start, end });
    start = covered.indexOf(lists.length, end);
  }
  return ranges;
}

/** Elements whose text is neither HTML nor a language with escapes. */
const RAW_TEXT_ELEMENTS = new Set(['iframe', 'noembed', 'noframes', 'plaintext', 'xmp']);

/** The beginning of a comment that Outlook reads as HTML. */
const CONDITION = /^<!--\[if\b[^\]]*\]>/i;

export const findLanguages: SynthTools['findLanguages'] = (html) => languagesOf(html, languagesOfComment);

function languagesOf(html: string, ofComment: (comment: string, start: number) => HtmlLanguage[]): HtmlLanguage[] {
  const found: HtmlLanguage[] = [];
  // Mail programs have no scripts, so they read the content of `noscript` as HTML.
  for (const { node } of nodesOf(html, false)) {
    found.push(...attributeValuesOf(node).map((range): HtmlLanguage => ({ ...range, language: 'html' })));
    const location = node.sourceCodeLocation;
    if (!location) continue;
    const { startOffset: start, endOffset: end } = location;
    if (node.nodeName === '#text') {
      const language = languageIn((node as DefaultTreeAdapterMap['textNode']).parentNode?.nodeName);
      if (language) found.push({ start, end, language });
    } else if (node.nodeName === '#comment') {
      found.push(...ofComment(html.slice(start, end), start));
    }
  }
  return found.sort((a, b) => a.start - b.start);
}

function languageIn(element: string | undefined): HtmlLanguage['language'] | undefined {
  if (element === 'style') return 'css';
  if (element === 'script') return 'javascript';
  return RAW_TEXT_ELEMENTS.has(element ?? '') ? undefined : 'html';
}

function languagesOfComment(comment: string, start: number): HtmlLanguage[] {
  const condition = CONDITION.exec(comment)?.[0].length;
  if (condition === undefined) return asComment(comment, start);
  return languagesOf(comment.slice(condition), asComment).map((range) => ({
    ...range,
    start: range.start + start + condition,
    end: range.end + start + condition,
  }));
}

function asComment(comment: string, start: number): HtmlLanguage[] {
  return [{ start, end: start + comment.length, language: 'comment' }];
}
