import { Stack } from 'aws-cdk-lib';
import { deploy } from './support/deployment';

/** How often the stack was defined. */
let defined: number;
beforeEach(() => {
  defined = 0;
});

async function deployAndStop(description: object): Promise<void> {
  const deployment = await deploy(description, (stack) => {
    expect(stack).toBeInstanceOf(Stack);
    defined += 1;
  });
  await deployment.stop();
}

test('a stack that is described by the same data is synthesized once', async () => {
  await deployAndStop({ syntheses: { a: ['b'] } });
  await deployAndStop({ syntheses: { a: ['b'] } });
  await deployAndStop({ syntheses: { a: ['b'], c: undefined } });

  expect(defined).toBe(2);
});

test.each([
  ['a function', () => 1],
  ['an instance of a class', new (class {})()],
])('a suite fails that synthesizes more stacks than it may: each is described with %s', async (_, value) => {
  const ends: unknown[] = [];
  for (let stack = 1; stack <= 3; stack++) {
    ends.push(await deployAndStop({ syntheses: { value } }).catch((error: Error) => error.message));
  }

  expect(ends.at(-1)).toMatch(
    /^test\/syntheses\.test\.ts: got synthesis \d+, expected at most 2: use an app that the suite synthesizes already, or raise the number in test\/support\/syntheses\.ts$/,
  );
  expect(defined).toBeLessThan(3);
});
