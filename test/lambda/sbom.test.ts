import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';

const ROOT = resolve(__dirname, '..', '..');
const SCHEMAS = join(ROOT, 'node_modules', '@cyclonedx', 'cyclonedx-library', 'res', 'schema');

interface Component {
  readonly type: string;
  readonly 'bom-ref': string;
  readonly name: string;
  readonly version: string;
  readonly licenses: readonly { readonly license: { readonly id: string } }[];
  readonly hashes: readonly { readonly alg: string; readonly content: string }[];
}

const json = (file: string) => JSON.parse(readFileSync(file, 'utf8'));
const SBOM = json(join(ROOT, 'sbom.cdx.json'));
const components: readonly Component[] = SBOM.components;
const packages = components.filter(({ type }) => type === 'library');

/** What the schema of CycloneDX finds wrong in a document. */
function problemsOf(document: unknown): string[] {
  // The schema names formats and a reference of its own, which a strict validator does not know.
  const ajv = new Ajv({ strict: false, allErrors: true, formats: { 'iri-reference': true, 'idn-email': true } });
  addFormats.default(ajv);
  for (const file of ['jsf-0.82.SNAPSHOT.schema.json', 'spdx.SNAPSHOT.schema.json']) {
    ajv.addSchema(json(join(SCHEMAS, file)), `http://cyclonedx.org/schema/${file}`);
  }
  const validate = ajv.compile(json(join(SCHEMAS, 'bom-1.6.SNAPSHOT.schema.json')));
  validate(document);
  return (validate.errors ?? []).map(({ instancePath, keyword }) => `${instancePath} ${keyword}`);
}

test('the SBOM is valid by the schema of CycloneDX, which refuses an unknown license and an unknown field', () => {
  const { licenses, ...rest } = packages[0] as Component;
  const broken = { ...SBOM, unknown: 1, components: [{ ...rest, licenses: [{ license: { id: 'None-1.0' } }] }] };

  expect(SBOM.specVersion).toBe('1.6');
  expect(problemsOf(SBOM)).toEqual([]);
  expect(problemsOf(broken)).toEqual(
    expect.arrayContaining([' additionalProperties', '/components/0/licenses/0/license/id enum']),
  );
});

test('the SBOM names every file of the assets with its hash', () => {
  const files = readdirSync(join(ROOT, 'assets'), { recursive: true, withFileTypes: true })
    .filter((file) => file.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
    .map((file) => [relative(ROOT, file), createHash('sha256').update(readFileSync(file)).digest('hex')]);

  const named = components.filter(({ type }) => type === 'file').map(({ name, hashes }) => [name, hashes[0]?.content]);
  expect(named).toEqual(files.sort());
});

test('the SBOM and the license notices name the same packages', () => {
  const notices = readFileSync(join(ROOT, 'THIRD-PARTY-NOTICES.txt'), 'utf8').split(/^-{80}$/m);
  const headings = notices.slice(1).map((notice) => notice.trim().split('\n')[0]);

  const named = packages.map(({ name, version, licenses }) => `${name} ${version} (${licenses[0]?.license.id})`);
  expect(named.sort()).toEqual(headings.sort());
});

test('the SBOM says which packages are in which file', () => {
  const dependencies: readonly { ref: string; dependsOn: string[] }[] = SBOM.dependencies;
  const packagesIn = (file: string) => dependencies.find(({ ref }) => ref === file)?.dependsOn.map(nameOf);

  expect(packagesIn('assets/reset/signing.js')).toContain('@aws-sdk/client-kms');
  expect(packagesIn('assets/reset/index.js')).not.toContain('@aws-sdk/client-kms');
  expect(packagesIn('assets/synth/index.js')).toEqual(['entities', 'parse5']);
  const reached = new Set(dependencies.flatMap(({ dependsOn }) => dependsOn));
  expect(components.map((each) => each['bom-ref']).filter((ref) => !reached.has(ref))).toEqual([]);
});

/** The name in a package URL: https://github.com/package-url/purl-spec */
function nameOf(purl: string): string {
  const [, name = ''] = /^pkg:npm\/(.+)@[\d.]+$/.exec(purl) ?? [];
  return decodeURIComponent(name);
}

test('the SBOM is of the version that is published', () => {
  const { name, version } = json(join(ROOT, 'package.json'));

  expect(SBOM.metadata.component).toMatchObject({ name, version });
});
