import { join } from 'node:path';
import type { SynthTools } from '../contract/synth-tools';
import { assetFolder } from '../private/asset-folder';

export const scanHtml: SynthTools['scanHtml'] = (html) => loadSynthTools().scanHtml(html);
export const findLanguages: SynthTools['findLanguages'] = (html) => loadSynthTools().findLanguages(html);

/** Loads the bundle when the first text is checked, so that an app without a catalog does not load it at all. */
function loadSynthTools(): SynthTools {
  return require(join(assetFolder('synth'), 'index.js'));
}
