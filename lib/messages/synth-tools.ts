import { join } from 'node:path';
import type { SynthTools } from '../contract/synth-tools';

export const scanHtml: SynthTools['scanHtml'] = (html) => loadSynthTools().scanHtml(html);

/** Loads the bundle when the first text is checked, so that an app without a catalog does not load it at all. */
function loadSynthTools(): SynthTools {
  return require(join(__dirname, '..', '..', 'assets', 'synth', 'index.js'));
}
