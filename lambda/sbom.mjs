// What the bundled functions consist of, as a CycloneDX document: https://cyclonedx.org/docs/1.6/json/
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Without a time and without a serial number: the same sources yield the same document.
 *
 * @param root the folder of the project
 * @param files of the assets: the path from the root, the contents, and the folders of the packages that are in it
 */
export async function sbom(root, files) {
  const manifest = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  const project = component(manifest);
  const components = new Map();
  const dependencies = [{ ref: project['bom-ref'], dependsOn: files.map(({ path }) => path).sort() }];
  for (const { path, contents, packages } of files) {
    components.set(path, {
      type: 'file',
      'bom-ref': path,
      name: path,
      hashes: [{ alg: 'SHA-256', content: createHash('sha256').update(contents).digest('hex') }],
    });
    const dependsOn = [];
    for (const folder of packages) {
      const bundled = component(JSON.parse(await readFile(join(root, folder, 'package.json'), 'utf8')));
      components.set(bundled['bom-ref'], bundled);
      dependsOn.push(bundled['bom-ref']);
    }
    dependencies.push({ ref: path, dependsOn: [...new Set(dependsOn)].sort() });
  }
  const document = {
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: { lifecycles: [{ phase: 'build' }], component: project },
    components: [...components.values()].sort((a, b) => (a['bom-ref'] < b['bom-ref'] ? -1 : 1)),
    dependencies,
    // The bundler tells every package of which it took code.
    compositions: [{ aggregate: 'complete', assemblies: [project['bom-ref']] }],
  };
  return `${JSON.stringify(document, undefined, 2)}\n`;
}

/** @param manifest the package.json of a package of npm */
function component({ name, version, license }) {
  const purl = `pkg:npm/${name.replace('@', '%40')}@${version}`;
  return { type: 'library', 'bom-ref': purl, name, version, licenses: [{ license: { id: license } }], purl };
}
