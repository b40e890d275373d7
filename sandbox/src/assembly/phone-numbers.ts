/**
 * Area codes in which the numbers 555-0100 to 555-0199 are reserved for fiction. Toll-free numbers get one of these codes
 * too, because the reservation is not certain for toll-free codes.
 *
 * @see https://en.wikipedia.org/wiki/555_(telephone_number)
 */
const AREA_CODES = {
  US: ['206', '212', '303', '312', '404', '503', '617', '702'],
  CA: ['416', '604', '613'],
} as const;

/**
 * A fictional phone number, always the same for the same hash. It is from a range that the country reserves for fiction, or
 * from the US range for a country without one here.
 */
export function fictionalNumber(isoCountryCode: string, hash: string): string {
  const pick = (from: number, many: number) => Number.parseInt(hash.slice(from, from + 8), 16) % many;
  // Ofcom reserves these numbers for TV and radio drama.
  if (isoCountryCode === 'GB') return `+447700900${String(pick(0, 1000)).padStart(3, '0')}`;
  const codes = AREA_CODES[isoCountryCode === 'CA' ? 'CA' : 'US'];
  return `+1${codes[pick(8, codes.length)]}55501${String(pick(0, 100)).padStart(2, '0')}`;
}
