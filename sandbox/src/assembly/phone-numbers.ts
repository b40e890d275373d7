/**
 * Of each of these area codes 555-0100 to 555-0199 belong to nobody. A toll-free number is made up of these too: for
 * toll-free codes that is not sure.
 *
 * @see https://en.wikipedia.org/wiki/555_(telephone_number)
 */
const AREA_CODES = {
  US: ['206', '212', '303', '312', '404', '503', '617', '702'],
  CA: ['416', '604', '613'],
} as const;

/** A made-up number, the same for the same digits: of a range that is reserved for fiction in its country, else in the US. */
export function fictionalNumber(isoCountryCode: string, hash: string): string {
  const pick = (from: number, many: number) => Number.parseInt(hash.slice(from, from + 8), 16) % many;
  // Of the numbers that Ofcom keeps for drama.
  if (isoCountryCode === 'GB') return `+447700900${String(pick(0, 1000)).padStart(3, '0')}`;
  const codes = AREA_CODES[isoCountryCode === 'CA' ? 'CA' : 'US'];
  return `+1${codes[pick(8, codes.length)]}55501${String(pick(0, 100)).padStart(2, '0')}`;
}
