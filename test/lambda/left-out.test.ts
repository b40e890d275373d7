import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const ROOT = resolve(__dirname, '..', '..');
const LEFT_OUT = join(ROOT, 'lambda', 'left-out.mjs');
const PARTITIONS = 'node_modules/@aws-sdk/core/dist-es/submodules/client/util-endpoints/lib/aws/partitions.js';

test('the pattern of a partition matches its Regions and no others, so that the bundles need not name them', () => {
  const [json = ''] = readFileSync(join(ROOT, PARTITIONS), 'utf8').match(/\{.*\}/s) ?? [];
  const { partitions } = JSON.parse(json) as {
    partitions: { id: string; regionRegex: string; regions: Record<string, unknown> }[];
  };
  const found = partitions.flatMap(({ id, regions }) =>
    Object.keys(regions)
      // No client has a global pseudo Region.
      .filter((region) => !region.endsWith('-global'))
      .map((region) => ({ id, matching: partitions.filter((each) => new RegExp(each.regionRegex).test(region)) })),
  );

  expect(found.length).toBeGreaterThan(30);
  expect(found.filter(({ id, matching }) => matching.map((partition) => partition.id).join() !== id)).toEqual([]);
});

test('bundling fails when a part that is left out is not in the packages', () => {
  // GIVEN a build without any of them
  const script = `import { checkLeftOut } from ${JSON.stringify(LEFT_OUT)}; checkLeftOut();`;
  const bundle = () => execFileSync(process.execPath, ['--input-type=module', '-e', script], { stdio: 'pipe' });

  expect(bundle).toThrow(/lambda\/left-out\.mjs: not in any bundle: @smithy\/core\/.*event-streams/);
});
