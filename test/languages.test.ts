import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dotnetSources, typesOf } from './support/languages/packages';
import { goProject, javaProject, type Project, pythonProject, typescriptProject } from './support/languages/projects';
import { stage } from './support/languages/run';
import { packPackage } from './support/packed-package';

// All packages are made of one tarball: the hashes of the assets, which the templates contain, are those of its files.
const folder = mkdtempSync(join(tmpdir(), 'languages-'));
const dist = join(folder, 'dist');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let typescript: ReturnType<typeof typescriptProject>;
let expected: string;
beforeAll(() => {
  stage('TypeScript: pack the library', () => {
    typescript = typescriptProject(folder, packPackage(folder).tarball);
  });
  expected = synthesizedTemplate('TypeScript', typescript);
});

/** The text of the template. Without the CDK CLI, there are no paths and no metadata of the CDK in it, which differ. */
function synthesizedTemplate(language: string, project: Project): string {
  stage(`${language}: install packages of the registry`, () => project.installPackages());
  stage(`${language}: make and install the library`, () => project.installLibrary(typescript.library, dist));
  if (project.compile !== undefined) stage(`${language}: compile`, project.compile);
  stage(`${language}: synthesize`, () => {
    const { status, output } = project.start('app');
    if (status !== 0) throw new Error(`the app in ${language} ended with ${status}:\n${output}`);
  });
  return readFileSync(join(project.folder, 'cdk.out', 'Passwords.template.json'), 'utf8');
}

const REFUSAL =
  'timeout: got 5 seconds, expected at least 30 seconds: Cognito waits for a trigger up to three times five seconds, and after a timeout of the function the outcome is unknown';

test('TypeScript: the app has what the others are compared with', () => {
  const types = Object.values<{ Type: string }>(JSON.parse(expected).Resources).map(({ Type }) => Type);

  expect(types.filter((type) => type === 'AWS::StepFunctions::StateMachine')).toHaveLength(3);
  expect(types).toEqual(expect.arrayContaining(['AWS::Cognito::UserPool', 'AWS::SMSVOICE::PhoneNumber']));
});

test('TypeScript: a value that a construct refuses ends the app with the text of the refusal', () => {
  const { status, output } = typescript.start('refused');

  expect(output).toContain(`\nError: ${REFUSAL}\n`);
  expect(status).not.toBe(0);
});

describe.each([
  ['Python', pythonProject, `\nRuntimeError: ${REFUSAL}\n`],
  // As Maven prints it, which runs the app.
  ['Java', javaProject, `An exception occurred while executing the Java class. ${REFUSAL}`],
  ['Go', goProject, `panic: ${REFUSAL}\n`],
])('%s', (language, projectIn, refusal) => {
  let project: Project;
  let template: string;
  beforeAll(() => {
    project = projectIn(folder);
    template = synthesizedTemplate(language, project);
  });

  test('an app synthesizes the template of the same app in TypeScript, byte for byte', () => {
    expect(template).toBe(expected);
  });

  test('a value that a construct refuses ends the app with the text of the refusal', () => {
    const { status, output } = project.start('refused');

    expect(output).toContain(refusal);
    expect(status).not.toBe(0);
  });
});

// There is no compiler for C# among the packages that this suite can get: it reads what jsii-pacmak wrote.
describe('C#', () => {
  let sources: ReadonlyMap<string, string>;
  beforeAll(() => {
    stage('C#: make the sources', () => {
      sources = dotnetSources(typescript.library, dist);
    });
  });

  test('there is a source for every type, which declares it', () => {
    const types = typesOf(typescript.library);
    const declarations = types.flatMap(({ name, kind, datatype }) =>
      datatype ? [`public interface I${name}`, `public class ${name} :`] : [`public ${kind} ${name}`],
    );
    const written = [...sources.values()].join('\n').replace(/public (?:abstract|sealed) class/g, 'public class');

    expect(types.length).toBeGreaterThan(30);
    expect(declarations.filter((declaration) => !written.includes(declaration))).toEqual([]);
  });

  test('a construct has its constructor and its methods, with the types of the CDK', () => {
    const source = sources.get('AdminPasswordReset') ?? '';

    expect(source).toContain(
      'public AdminPasswordReset(Constructs.Construct scope, string id, CdkCognitoPasswordReset.IAdminPasswordResetProps props)',
    );
    expect(source).toContain('Amazon.CDK.AWS.IAM.Grant GrantInvoke(Amazon.CDK.AWS.IAM.IGrantable grantee)');
  });
});

describe('a registry that cannot be reached fails the suite with a sentence', () => {
  const nowhere = 'http://127.0.0.1:1';
  const elsewhere = join(folder, 'unreachable');
  const environment = process.env;
  afterEach(() => {
    process.env = environment;
  });

  test.each([
    ['npm', () => typescriptProject(elsewhere, ''), { npm_config_registry: nowhere, npm_config_fetch_retries: '0' }],
    ['Python', () => pythonProject(elsewhere), { PIP_INDEX_URL: nowhere, PIP_RETRIES: '0' }],
    ['Go', () => goProject(elsewhere), { GOPROXY: nowhere, GOMODCACHE: join(elsewhere, 'modules') }],
  ])('%s', (registry, project, unreachable) => {
    const caches = { npm_config_cache: join(elsewhere, 'npm'), PIP_NO_CACHE_DIR: '1', GOFLAGS: '-modcacherw' };
    process.env = { ...environment, ...caches, ...unreachable };

    expect(() => project().installPackages()).toThrow(
      `packages: got none from the registry of ${registry}, expected those that the app needs: npm run test:languages is never skipped, and needs the registries of npm, Python, Maven and Go\n`,
    );
  });
});
