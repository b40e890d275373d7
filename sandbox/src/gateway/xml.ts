/** Writes the content of an XML element as the AWS Query protocol does: a list as `<member>`, a Map as `<entry>`. */
export function writeXml(value: unknown): string {
  if (value instanceof Map) {
    const entries = [...value].map(([key, item]) => `<entry>${writeXml({ key, value: item })}</entry>`);
    return entries.join('');
  }
  if (Array.isArray(value)) return value.map((item) => `<member>${writeXml(item)}</member>`).join('');
  if (value instanceof Date) return value.toISOString();
  if (typeof value !== 'object' || value === null) return escaped(String(value));
  return Object.entries(value)
    .filter(([, item]) => item !== undefined)
    .map(([name, item]) => `<${name}>${writeXml(item)}</${name}>`)
    .join('');
}

function escaped(text: string): string {
  return text.replace(/[&<>"'\r]/g, (character) => `&#${character.charCodeAt(0)};`);
}
