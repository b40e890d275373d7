import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { Stack } from 'aws-cdk-lib';
import { AccountRecovery, UserPool, UserPoolEmail, type UserPoolProps } from 'aws-cdk-lib/aws-cognito';
import type { Execution, NewUser, SandboxOptions, StartOptions } from 'cloud-assembly-sandbox';
import { AdminPasswordReset, type AdminPasswordResetProps } from '../../lib';
import { BulkPasswordReset, type BulkPasswordResetProps } from '../../lib/bulk/bulk-password-reset';
import type { CampaignInput, CampaignResult, ReportLine } from '../../lib/contract/campaign';
import { readCampaignReport } from '../../tools/shared/campaign-report';
import { type Deployment, deploy, PASSWORD } from './deployment';

export interface CampaignOptions {
  readonly pool?: UserPoolProps;
  readonly reset?: (userPool: UserPool) => Partial<AdminPasswordResetProps>;
  readonly bulk?: Partial<BulkPasswordResetProps> | ((userPool: UserPool) => Partial<BulkPasswordResetProps>);
  readonly sandbox?: Partial<SandboxOptions>;
}

/** A synthesized BulkPasswordReset with its user pool, running in the sandbox. */
export class DeployedCampaign {
  static async start({ pool, reset, bulk, sandbox }: CampaignOptions = {}): Promise<DeployedCampaign> {
    const define = (stack: Stack) => {
      const userPool = new UserPool(stack, 'Pool', {
        signInAliases: { username: true, email: true },
        accountRecovery: AccountRecovery.EMAIL_ONLY,
        email: UserPoolEmail.withSES({ fromEmail: 'no-reply@example.com', sesRegion: 'us-east-1' }),
        ...pool,
      });
      const passwordReset = new AdminPasswordReset(stack, 'Reset', { userPool, ...reset?.(userPool) });
      const given = typeof bulk === 'function' ? bulk(userPool) : bulk;
      new BulkPasswordReset(stack, 'Bulk', { passwordReset, maxResetsPerSecond: 24, ...given });
    };
    const deployment = await deploy({ campaign: { pool, reset, bulk } }, define, sandbox);
    // An account whose limits were raised for the fastest campaign.
    deployment.sandbox.ses.maxSendRate = 30;
    // In an account, campaigns do not follow each other as fast.
    deployment.sandbox.ses.pauseBetweenCalls = 0;
    return new DeployedCampaign(deployment);
  }

  readonly userPoolId: string;
  readonly bucket: string;

  private constructor(private readonly deployment: Deployment) {
    const { userPools, buckets } = deployment.sandbox.assembly;
    this.userPoolId = userPools[0]?.userPoolId ?? '';
    this.bucket = buckets[0]?.bucketName ?? '';
  }

  get sandbox() {
    return this.deployment.sandbox;
  }

  get output(): string[] {
    return this.deployment.output;
  }

  /** Adds confirmed users with verified email addresses. Returns their subs. */
  async addUsers(many: number, prefix = 'user'): Promise<string[]> {
    const subs: string[] = [];
    for (let number = 1; number <= many; number++) subs.push(await this.addUser(`${prefix}-${number}`));
    return subs;
  }

  addUser(username: string, user: Partial<NewUser> = {}): Promise<string> {
    return this.sandbox.cognito.addUser({
      userPoolId: this.userPoolId,
      username,
      password: PASSWORD,
      attributes: { email: `${username}@example.com`, email_verified: 'true' },
      ...user,
    });
  }

  /** The confirmation of a campaign over this user pool. */
  confirm(change: Partial<CampaignInput['confirm']> = {}): CampaignInput['confirm'] {
    return { userPoolId: this.userPoolId, expectedUsers: 1_000, ...change };
  }

  /** Starts an execution of the first state machine whose name contains `machine`. */
  begin(input: Partial<CampaignInput> = {}, options?: StartOptions, machine = 'Campaign'): Execution {
    const [found] = this.sandbox.assembly.stateMachines.filter(({ stateMachineName }) =>
      stateMachineName.includes(machine),
    );
    return this.sandbox.stepFunctions.start(
      found?.stateMachineArn ?? machine,
      { campaignId: 'breach', confirm: this.confirm(), ...input },
      options,
    );
  }

  /** Runs a campaign to its end. Throws when it does not succeed. */
  async run(input: Partial<CampaignInput> = {}, options?: StartOptions): Promise<CampaignResult> {
    const { status, output, error, cause } = await this.begin(input, options).result;
    if (status !== 'SUCCEEDED') throw new Error(`the campaign ended with ${status}: ${error}: ${cause}`);
    return output as CampaignResult;
  }

  /** Every line of the per-user report. */
  report(result: CampaignResult): Promise<ReportLine[]> {
    return readCampaignReport(this.s3, result);
  }

  async read(key: string): Promise<string> {
    const { Body } = await this.s3.send(new GetObjectCommand({ Bucket: this.bucket, Key: key }));
    return (await Body?.transformToString()) ?? '';
  }

  /** Resolves to the ETag of the object. */
  async put(key: string, body: string | Buffer): Promise<string> {
    const { ETag = '' } = await this.s3.send(
      new PutObjectCommand({ Bucket: this.bucket, Key: key, Body: Buffer.from(body) }),
    );
    return ETag;
  }

  /** The keys of all objects under a prefix. */
  async keys(prefix = ''): Promise<string[]> {
    const { Contents = [] } = await this.s3.send(new ListObjectsV2Command({ Bucket: this.bucket, Prefix: prefix }));
    return Contents.flatMap(({ Key }) => Key ?? []);
  }

  /** How often AdminResetUserPassword was called. */
  get resets(): number {
    return this.sandbox.countCalls('AdminResetUserPassword');
  }

  stop(): Promise<void> {
    return this.deployment.stop();
  }

  private get s3(): S3Client {
    return new S3Client({
      endpoint: this.sandbox.endpoint,
      region: 'us-east-1',
      forcePathStyle: true,
      credentials: { accessKeyId: 'developer', secretAccessKey: 'developer' },
    });
  }
}
