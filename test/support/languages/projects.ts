import { cpSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LIBRARY, MAVEN_REPOSITORY, makePackage, ROOT, VERSIONS } from './packages';
import { fromRegistry, type Ran, run, runOrFail } from './run';

/** The project of a user, in one language: a folder that has the programs of test/fixtures/languages and nothing else yet. */
export interface Project {
  readonly folder: string;
  /** Installs what the programs need besides the library. */
  installPackages(): void;
  /** Makes the package of the language from the installed library of a project in TypeScript, and installs it. */
  installLibrary(library: string, dist: string): void;
  /** Compiles the programs, in a language that is compiled. */
  compile?(): void;
  /** Runs a program as `cdk synth` does, with `cdk.out` for its cloud assembly. */
  start(program: 'app' | 'refused'): Ran;
}

function emptyProject(folder: string, language: string): string {
  const project = join(folder, language);
  cpSync(join(ROOT, 'test', 'fixtures', 'languages', language), project, { recursive: true });
  cpSync(join(ROOT, 'bin', 'messages'), join(project, 'messages'), { recursive: true });
  return project;
}

function synthesize(project: string, command: string, args: readonly string[]): Ran {
  // The runtime of jsii leaves files in the temporary folder.
  const temporary = join(project, 'tmp');
  mkdirSync(temporary, { recursive: true });
  const java = `${process.env.MAVEN_OPTS ?? ''} -Djava.io.tmpdir=${temporary}`;
  return run(command, args, project, { CDK_OUTDIR: join(project, 'cdk.out'), TMPDIR: temporary, MAVEN_OPTS: java });
}

/** It installs the packed library itself. */
export function typescriptProject(folder: string, tarball: string): Project & { readonly library: string } {
  const project = emptyProject(folder, 'typescript');
  return {
    folder: project,
    library: join(project, 'node_modules', LIBRARY.name),
    installPackages: () => {
      writeFileSync(join(project, 'package.json'), '{ "private": true }');
      const { cdk, constructs, schema } = VERSIONS;
      const packages = [`aws-cdk-lib@${cdk}`, `constructs@${constructs}`, `@aws-cdk/cloud-assembly-schema@${schema}`];
      fromRegistry('npm', 'npm', ['install', '--save-exact', '--no-audit', ...packages], project);
    },
    installLibrary: () => {
      runOrFail('npm', ['install', '--prefer-offline', '--no-audit', tarball], project);
    },
    compile: () => {
      const options = ['--strict', '--skipLibCheck', '--target', 'es2022', '--module', 'node16'];
      runOrFail(process.execPath, [require.resolve('typescript/bin/tsc'), ...options, 'app.ts', 'refused.ts'], project);
    },
    start: (program) => synthesize(project, process.execPath, [`${program}.js`]),
  };
}

export function pythonProject(folder: string): Project {
  const project = emptyProject(folder, 'python');
  const python = join(project, '.venv', 'bin', 'python');
  return {
    folder: project,
    installPackages: () => {
      runOrFail('python3', ['-m', 'venv', '.venv'], project);
      const { cdk, constructs, jsii } = VERSIONS;
      const packages = [`aws-cdk-lib==${cdk}`, `constructs==${constructs}`, `jsii==${jsii}`];
      fromRegistry('Python', python, ['-m', 'pip', 'install', '--quiet', ...packages], project);
    },
    installLibrary: (library, dist) => {
      const wheels = makePackage('python', library, dist);
      const files = readdirSync(wheels).filter((name) => name.endsWith('.whl'));
      // Without the registry: the packages that are installed have to be enough.
      const install = ['-m', 'pip', 'install', '--quiet', '--no-index', ...files.map((name) => join(wheels, name))];
      runOrFail(python, install, project);
    },
    start: (program) => synthesize(project, python, [`${program}.py`]),
  };
}

export function javaProject(folder: string): Project {
  const project = emptyProject(folder, 'java');
  const maven = ['--batch-mode', '--quiet', `-Dmaven.repo.local=${MAVEN_REPOSITORY}`];
  const { cdk, constructs, jsii } = VERSIONS;
  return {
    folder: project,
    installPackages: () => {
      for (const artifact of [
        `software.amazon.awscdk:aws-cdk-lib:${cdk}`,
        `software.constructs:constructs:${constructs}`,
        `software.amazon.jsii:jsii-runtime:${jsii}`,
      ]) {
        const get = 'org.apache.maven.plugins:maven-dependency-plugin:3.6.1:get';
        fromRegistry('Maven', 'mvn', [...maven, get, `-Dartifact=${artifact}`], project);
      }
    },
    installLibrary: (library, dist) => {
      const { groupId, artifactId } = LIBRARY.jsii.targets.java.maven;
      const repository = makePackage('java', library, dist);
      const dependencies = [
        [groupId, artifactId, LIBRARY.version],
        ['software.amazon.awscdk', 'aws-cdk-lib', cdk],
        ['software.constructs', 'constructs', constructs],
        ['software.amazon.jsii', 'jsii-runtime', jsii],
      ].map(
        ([group, artifact, version]) =>
          `<dependency><groupId>${group}</groupId><artifactId>${artifact}</artifactId><version>${version}</version></dependency>`,
      );
      writeFileSync(
        join(project, 'pom.xml'),
        `<project xmlns="http://maven.apache.org/POM/4.0.0">
          <modelVersion>4.0.0</modelVersion>
          <groupId>com.example</groupId>
          <artifactId>app</artifactId>
          <version>1</version>
          <properties>
            <maven.compiler.source>17</maven.compiler.source>
            <maven.compiler.target>17</maven.compiler.target>
            <project.build.sourceEncoding>UTF-8</project.build.sourceEncoding>
          </properties>
          <repositories><repository><id>library</id><url>file://${repository}</url></repository></repositories>
          <dependencies>${dependencies.join('')}</dependencies>
          <build><sourceDirectory>.</sourceDirectory></build>
        </project>`,
      );
    },
    compile: () => {
      runOrFail('mvn', [...maven, 'compile'], project);
    },
    start: (program) => {
      const main = program === 'app' ? 'App' : 'Refused';
      const exec = ['org.codehaus.mojo:exec-maven-plugin:3.5.0:java', `-Dexec.mainClass=${main}`];
      return synthesize(project, 'mvn', [...maven, ...exec]);
    },
  };
}

export function goProject(folder: string): Project {
  const project = emptyProject(folder, 'go');
  const { cdk, constructs, jsii } = VERSIONS;
  return {
    folder: project,
    installPackages: () => {
      runOrFail('go', ['mod', 'init', 'example.com/app'], project);
      fromRegistry(
        'Go',
        'go',
        [
          'get',
          `github.com/aws/aws-cdk-go/awscdk/v2@v${cdk}`,
          `github.com/aws/constructs-go/constructs/v10@v${constructs}`,
          `github.com/aws/jsii-runtime-go@v${jsii}`,
        ],
        project,
      );
    },
    installLibrary: (library, dist) => {
      const name = 'cdkcognitopasswordreset';
      const module = `${LIBRARY.jsii.targets.go.moduleName}/${name}`;
      const source = join(makePackage('go', library, dist), name);
      const edit = ['mod', 'edit', `-require=${module}@v${LIBRARY.version}`, `-replace=${module}=${source}`];
      runOrFail('go', edit, project);
      fromRegistry('Go', 'go', ['mod', 'tidy'], project);
    },
    // Compiles packages of the CDK, which takes a minute or two the first time: Go keeps them in its cache.
    compile: () => {
      runOrFail('go', ['build', '-o', 'bin/', './...'], project);
    },
    start: (program) => synthesize(project, join(project, 'bin', program), []),
  };
}
