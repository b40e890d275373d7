import { createHash } from 'node:crypto';
import { dirname, resolve as resolvePath } from 'node:path';
import {
  AssetManifestArtifact,
  type CloudFormationStackArtifact,
  UNKNOWN_ACCOUNT,
  UNKNOWN_REGION,
} from 'aws-cdk-lib/cx-api';
import type { Json } from '../model';

/** The account and Region of stacks that do not set them. */
export interface Environment {
  readonly account: string;
  readonly region: string;
}

/** A resource as it stands in the template, unresolved. */
export interface TemplateResource {
  readonly Type: string;
  readonly Properties?: Json;
  readonly Condition?: string;
}

/** The sections of a template that the sandbox reads. */
export interface Template {
  readonly Parameters?: Readonly<Record<string, { readonly Type: string; readonly Default?: unknown }>>;
  readonly Mappings?: Readonly<Record<string, Readonly<Record<string, Json>>>>;
  readonly Conditions?: Json;
  readonly Resources?: Readonly<Record<string, TemplateResource>>;
  readonly Outputs?: Readonly<Record<string, TemplateOutput>>;
}

/** An output as it stands in the template, unresolved. */
export interface TemplateOutput {
  readonly Value: unknown;
  readonly Condition?: string;
  readonly Export?: { readonly Name: unknown };
}

/** A stack of the assembly, with its account and Region. */
export class Stack {
  readonly name: string;
  readonly account: string;
  readonly region: string;
  readonly template: Template;
  /** The parameter values that the app sets. */
  readonly parameters: Readonly<Record<string, string>>;

  /** @param peers all stacks of the assembly, whose exports and outputs this one may import */
  constructor(
    private readonly artifact: CloudFormationStackArtifact,
    environment: Environment,
    readonly peers: readonly Stack[],
  ) {
    const { account, region } = artifact.environment;
    this.name = artifact.stackName;
    this.account = account === UNKNOWN_ACCOUNT ? environment.account : account;
    this.region = region === UNKNOWN_REGION ? environment.region : region;
    this.template = artifact.template;
    this.parameters = artifact.parameters;
  }

  get partition(): string {
    if (this.region.startsWith('cn-')) return 'aws-cn';
    return this.region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
  }

  get urlSuffix(): string {
    return this.partition === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com';
  }

  /** An ARN in the account and Region of the stack. */
  arn(service: string, resource: string): string {
    return `arn:${this.partition}:${service}:${this.region}:${this.account}:${resource}`;
  }

  /** 64 hexadecimal digits that depend only on the logical id and the account, Region and name of the stack. */
  hash(logicalId: string): string {
    return createHash('sha256').update([this.account, this.region, this.name, logicalId].join('/')).digest('hex');
  }

  /** A UUID that depends on the same as {@link hash}. */
  uuid(logicalId: string): string {
    return this.hash(logicalId).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5');
  }

  /** The path of the asset that is published under this object key; undefined when the stack has no such asset. */
  assetPath(objectKey: string): string | undefined {
    for (const manifest of this.artifact.dependencies.filter(AssetManifestArtifact.isAssetManifestArtifact)) {
      for (const { source, destinations } of Object.values(manifest.contents.files ?? {})) {
        if (source.path && Object.values(destinations).some((destination) => destination.objectKey === objectKey)) {
          return resolvePath(dirname(manifest.file), source.path);
        }
      }
    }
    return undefined;
  }
}
