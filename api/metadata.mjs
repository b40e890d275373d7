import { readFileSync } from 'node:fs';

/** The domain that stands in package.json for what nobody owns yet, also turned around, as in a Maven group. */
const PLACEHOLDER = /example\.com|com\.example/;

/** The places of a package.json that have to be filled before the first publication, such as `repository.url`. */
function placeholders(value, place = '') {
  if (typeof value === 'string') return PLACEHOLDER.test(value) ? [`${place}: ${value}`] : [];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, entry]) => placeholders(entry, place === '' ? key : `${place}.${key}`));
}

const left = placeholders(JSON.parse(readFileSync('package.json', 'utf8')));
if (left.length > 0) {
  console.error(
    `package.json: got placeholders, expected names that you own: fill these before the first publication, and run npm run api\n  ${left.join('\n  ')}`,
  );
  process.exitCode = 1;
}
