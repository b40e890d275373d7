import { scanHtml } from '../../../lib/messages/synth-tools';

/** `τ` marks visible text, `α` the value of an attribute, and `χ` everything else. */
test.each([
  ['τ', 'a document without tags'],
  ['<p>τ<b>τ</b>τ', 'unclosed elements'],
  ['<p title="α" class=α>τ</p>', 'attributes, with and without quotation marks'],
  ['<p χ="α" χ2 χ3=\'α\'>τ</p>', 'attribute names, and an attribute without a value'],
  ['<P TITLE="α">τ</P>', 'upper case'],
  ['τ<table title="α">τ<tr title="α">τ<td>τ</td></tr></table>τ', 'text that is moved out of a table'],
  ['τ<table><style>χ</style>τ<tr><td><script>χ</script></table>', 'text that is moved out of a table, over a style'],
  ['τ</x title="χ">τ', 'an end tag without a start'],
  ['<body title="α">τ<body title="χ">τ', 'a second body, whose attributes go to the first'],
  ['τ<html title="χ">τ', 'a second html tag, of which only attributes count'],
  ['<x x="α" x="χ">τ', 'a duplicate attribute'],
  ['<p><b>τ<i title="α">τ<p>τ</b>τ', 'overlapping tags'],
  ['τ<!DOCTYPE χ>τ', 'a document type in the middle'],
  ['τ<!-- χ -->τ', 'a comment'],
  ['τ<!-- χ', 'a comment without an end'],
  ['τ<!--> τ <!---> τ <!-- χ --!> τ', 'comments with unusual ends'],
  ['<!--[if mso]><p title="χ">χ</p><![endif]-->τ', 'a conditional comment for Outlook'],
  ['<![if !mso]>τ<![endif]>τ', 'a conditional comment for everything but Outlook'],
  ['τ<?x χ?>τ', 'a processing instruction'],
  ['τ<![CDATA[χ]]>τ', 'a CDATA section, which is a comment in HTML'],
  ['τ<x x="χ', 'a tag without an end'],
  ['τ</x χ', 'an end tag without an end'],
  ['τ < τ <3 τ & τ', 'characters that start no tag or entity'],
  ['τ&amp;τ&nbsp;τ&#65;τ', 'entities'],
  ['τ\r\nτ<p\r\ntitle="α">\rτ', 'line breaks of all kinds'],
  ['τ\0τ<p title="α">τ', 'NUL'],
  ['τ😀τ<p title="😀α">😀τ', 'surrogate pairs'],
  ['\uFEFFτ<p>τ', 'a byte order mark'],
  ['<pre>\n\nτ</pre>τ', 'a line break that the parser drops'],
  ['<head><title>χ</title><style>χ</style><meta content="α"></head>τ', 'a head'],
  ['<head>τ</head>τ', 'text in a head'],
  ['<title>χ<b>χ', 'a title without an end'],
  ['<style>χ<p>χ', 'a style without an end'],
  ['<style>χ<!--</style>τ', 'a comment in a style, which is not a comment'],
  ['<script>χ<!--<script>χ</script>χ</script>τ', 'a script in a script'],
  ['<textarea title="χ">χ</textarea>τ', 'a text field'],
  ['τ<template>χ<p title="χ">χ</template>χ', 'a template, and everything after it'],
  ['τ<table><template><caption></table>χ', 'a template that parsers end differently'],
  ['τ<select>χ<option title="χ">χ</select>χ<p title="χ">', 'a select element, and everything after it'],
  ['τ<select><style>χ</style><keygen>χ', 'a select element that parsers end differently'],
  ['τ<svg><desc><select></svg>χ', 'a select element in an element that is not shown'],
  ['<xmp>χ<p>χ</xmp>τ', 'xmp'],
  ['<iframe title="χ">χ<p>χ</iframe>τ', 'a frame'],
  ['<noframes>χ</noframes><noembed>χ</noembed>τ', 'elements for old browsers'],
  ['<frameset><frame title="α">χ</frameset>χ', 'a set of frames'],
  ['τ<plaintext>χ</plaintext>χ', 'plaintext, which never ends'],
  ['<noscript>χ<p title="χ">χ</noscript>τ', 'content for browsers without scripts'],
  ['<noscript><!--</noscript>χ--></noscript>τ', 'text with scripts that is a comment without'],
  ['<noscript><p title="</noscript>χ">τ</noscript>τ', 'text with scripts that is an attribute without'],
  ['<svg title="χ"><text>χ</text><![CDATA[χ]]></svg>τ', 'SVG'],
  ['<svg><foreignObject><p title="χ">χ</p></foreignObject></svg>τ', 'HTML in SVG'],
  ['<svg><title>χ<p>χ', 'an SVG title, which may contain tags'],
  ['<svg><style><p>τ', 'an SVG style, which an HTML tag ends'],
  ['<math title="χ"><mi>χ</mi></math>τ', 'MathML'],
  ['<video><p>χ</p></video><object>χ</object>τ', 'fallback content'],
])('scanHtml(%j) marks text and attribute values: %s', (html) => {
  const { text, attributeValues } = scanHtml(html);

  const kindAt = (at: number) => {
    if (text.some(({ start, end }) => start <= at && at < end)) return 'τ';
    return attributeValues.some(({ start, end }) => start <= at && at < end) ? 'α' : 'χ';
  };
  const markers = [...html.matchAll(/[ταχ]/g)];
  expect(markers.map(({ index }) => `${index}: ${kindAt(index)}`)).toEqual(
    markers.map(({ index, 0: marker }) => `${index}: ${marker}`),
  );
});

test('scanHtml merges adjacent ranges, so that spaces do not split them', () => {
  expect(scanHtml('<p>a  b\tc</p>').text).toEqual([{ start: 3, end: 9 }]);
});

test('scanHtml handles 100,000 tags and texts', () => {
  const html = `<p>${'a <br>'.repeat(100_000)}`;
  expect(scanHtml(html).text).toHaveLength(100_000);
});

test('scanHtml handles tags nested 50,000 deep', () => {
  const html = `${'<div>'.repeat(50_000)}T`;
  expect(scanHtml(html).text).toEqual([{ start: html.length - 1, end: html.length }]);
});
