import { createHash } from 'node:crypto';
import { fictionalNumber } from '../../src/assembly/phone-numbers';

const HASHES = Array.from({ length: 200 }, (_, index) => createHash('sha256').update(`${index}`).digest('hex'));

test.each([
  ['US', /^\+1[2-9]\d\d55501\d\d$/],
  ['CA', /^\+1(416|604|613)55501\d\d$/],
  ['GB', /^\+447700900\d{3}$/],
  ['FR', /^\+1[2-9]\d\d55501\d\d$/],
])('fictionalNumber gives stable, varied numbers of a range for fiction in %s', (country, range) => {
  const numbers = HASHES.map((hash) => fictionalNumber(country, hash));

  for (const number of numbers) expect(number).toMatch(range);
  expect(HASHES.map((hash) => fictionalNumber(country, hash))).toEqual(numbers);
  expect(new Set(numbers).size).toBeGreaterThan(100);
});
