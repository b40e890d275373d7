import { join } from 'node:path';
import type { SynthTools } from '../contract/synth-tools';

export const scanHtml: SynthTools['scanHtml'] = (html) => loadSynthTools().scanHtml(html);
export const countSegments: SynthTools['countSegments'] = (text) => loadSynthTools().countSegments(text);

/** With the first text that is checked: an app without a catalog need not wait for it. */
function loadSynthTools(): SynthTools {
  return require(join(__dirname, '..', '..', 'assets', 'synth', 'index.js'));
}
