/** The content of a bucket, as ListObjectsV2 returns it. */
export interface ObjectListing {
  readonly objects: readonly ListedObject[];
  /** The common prefixes up to the delimiter, each in place of the keys that begin with it. */
  readonly commonPrefixes: readonly string[];
}

export interface ListedObject {
  readonly key: string;
  readonly size: number;
  readonly lastModifiedDate: Date;
  readonly metadata: { readonly etag: string };
}

/** The maximum number of entries on a page. */
const MAX_KEYS = 1000;

/**
 * Writes one page of ListObjectsV2 as XML. The sandbox does this itself because s3rver cannot return a second page on a
 * Node.js without DES, and does not sort keys by their bytes.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html
 */
export function listObjectsV2Page(bucket: string, query: URLSearchParams, listing: ObjectListing): string {
  const token = query.get('continuation-token');
  const after = token === null ? (query.get('start-after') ?? '') : Buffer.from(token, 'base64url').toString();
  const maxKeys = Math.min(Number(query.get('max-keys') ?? MAX_KEYS), MAX_KEYS);
  const entries: { readonly name: string; readonly xml: string }[] = [
    ...listing.objects.map((object) => ({ name: object.key, xml: element('Contents', contents(object)) })),
    ...listing.commonPrefixes.map((name) => ({
      name,
      xml: element('CommonPrefixes', element('Prefix', escaped(name))),
    })),
  ];
  const remaining = entries
    .filter(({ name }) => compare(name, after) > 0)
    .sort((one, other) => compare(one.name, other.name));
  const page = remaining.slice(0, maxKeys);
  const last = page.at(-1)?.name;
  const isTruncated = page.length < remaining.length && last !== undefined;
  const fields = [
    element('Name', escaped(bucket)),
    element('Prefix', escaped(query.get('prefix') ?? '')),
    element('MaxKeys', String(maxKeys)),
    element('KeyCount', String(page.length)),
    element('IsTruncated', String(isTruncated)),
    ...(isTruncated ? [element('NextContinuationToken', Buffer.from(last).toString('base64url'))] : []),
    ...page.map(({ xml }) => xml),
  ];
  return `<?xml version="1.0" encoding="UTF-8"?>\n${element('ListBucketResult', fields.join(''))}`;
}

function contents({ key, size, lastModifiedDate, metadata }: ListedObject): string {
  return [
    element('Key', escaped(key)),
    element('LastModified', lastModifiedDate.toISOString()),
    element('ETag', escaped(metadata.etag)),
    element('Size', String(size)),
    element('StorageClass', 'STANDARD'),
  ].join('');
}

function compare(one: string, other: string): number {
  return Buffer.compare(Buffer.from(one), Buffer.from(other));
}

function element(name: string, content: string): string {
  return `<${name}>${content}</${name}>`;
}

function escaped(text: string): string {
  return text.replace(/[&<>"'\r\n]/g, (character) => `&#${character.charCodeAt(0)};`);
}
