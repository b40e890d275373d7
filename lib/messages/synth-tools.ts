import { join } from 'node:path';
import type { SynthTools } from '../contract/synth-tools';

export const scanHtml: SynthTools['scanHtml'] = (html) => load().scanHtml(html);
export const countSegments: SynthTools['countSegments'] = (text) => load().countSegments(text);

/** With the first text that is checked: an app without a catalog need not wait for it. */
function load(): SynthTools {
  return require(join(__dirname, '..', '..', 'assets', 'synth', 'index.js'));
}
