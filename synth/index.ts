import { type DefaultTreeAdapterMap, defaultTreeAdapter, parse, type TreeAdapter } from 'parse5';
import type { SourceRange, SynthTools } from '../lib/contract/synth-tools';

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
  };
};

function scanWithScripting(html: string, scriptingEnabled: boolean) {
  const text: SourceRange[] = [];
  const attributeValues: SourceRange[] = [];
  let reliableUntil = html.length;
  const document = parse(html, { treeAdapter, sourceCodeLocationInfo: true, scriptingEnabled });
  const nodes: { node: Node; isHidden: boolean }[] = [{ node: document, isHidden: false }];
  for (let next = nodes.pop(); next; next = nodes.pop()) {
    const { node } = next;
    const location = node.sourceCodeLocation;
    const isHidden = next.isHidden || HIDDEN_ELEMENTS.has(node.nodeName);
    if (location && AMBIGUOUS_ELEMENTS.has(node.nodeName)) {
      reliableUntil = Math.min(reliableUntil, location.startOffset);
    }
    if (location && !isHidden && node.nodeName === '#text') {
      text.push({ start: location.startOffset, end: location.endOffset });
    }
    if (location && !isHidden && 'attrs' in location) {
      for (const [name, { startOffset, endOffset }] of Object.entries(location.attrs ?? {})) {
        attributeValues.push({ start: startOffset + name.length, end: endOffset });
      }
    }
    if ('childNodes' in node) {
      for (const child of node.childNodes) nodes.push({ node: child, isHidden });
    }
  }
  const isReliable = ({ end }: SourceRange) => end <= reliableUntil;
  return { text: text.filter(isReliable), attributeValues: attributeValues.filter(isReliable) };
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
