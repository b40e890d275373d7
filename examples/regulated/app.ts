import { App, Duration, RemovalPolicy, Stack, type StackProps, Validations } from 'aws-cdk-lib';
import {
  AccountRecovery,
  FeaturePlan,
  Mfa,
  StandardThreatProtectionMode,
  UserPool,
  UserPoolEmail,
} from 'aws-cdk-lib/aws-cognito';
import {
  FlowLogDestination,
  GatewayVpcEndpointAwsService,
  InterfaceVpcEndpointAwsService,
  Peer,
  Port,
  SecurityGroup,
  SubnetType,
  Vpc,
} from 'aws-cdk-lib/aws-ec2';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { type IKey, Key } from 'aws-cdk-lib/aws-kms';
import { CodeSigningConfig, Tracing, UntrustedArtifactOnDeployment } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { BlockPublicAccess, Bucket, BucketEncryption, type IBucket } from 'aws-cdk-lib/aws-s3';
import { Platform, SigningProfile } from 'aws-cdk-lib/aws-signer';
import { AwsSolutionsChecks, HIPAASecurityChecks, NIST80053R5Checks, PCIDSS321Checks, ServerlessChecks } from 'cdk-nag';
import type { Construct } from 'constructs';
// In your own project, import from 'cdk-cognito-password-reset'.
import {
  AdminPasswordReset,
  BulkPasswordReset,
  type BundledFunctionOptions,
  MessageCatalog,
  ResetMessages,
} from '../../lib';

/** How long objects and logs are kept. */
const KEPT = Duration.days(90);

/**
 * Resets of one user and of all users, with every function in a VPC without internet access, traced, and with keys of the
 * account for environment variables, logs and objects.
 */
export class RegulatedResets extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);
    const key = this.createKey();
    const vpc = this.createVpc(key);
    const options: BundledFunctionOptions = {
      tracing: Tracing.ACTIVE,
      reservedConcurrentExecutions: 5,
      vpc,
      vpcSubnets: { subnetType: SubnetType.PRIVATE_ISOLATED },
      securityGroups: [this.createSecurityGroup(vpc)],
      environmentEncryption: key,
      codeSigningConfig: new CodeSigningConfig(this, 'CodeSigning', {
        signingProfiles: [new SigningProfile(this, 'Signer', { platform: Platform.AWS_LAMBDA_SHA384_ECDSA })],
        // The CDK deploys unsigned code: enforce signatures when your pipeline signs the assets.
        untrustedArtifactOnDeployment: UntrustedArtifactOnDeployment.WARN,
      }),
    };
    const userPool = this.createUserPool();
    const messages = new ResetMessages(this, 'Messages', {
      userPool,
      catalog: MessageCatalog.fromInline({
        defaultLocale: 'en',
        templates: {
          reset: { en: { emailSubject: 'Choose a new password', emailHtml: '<p>Your code is {{code}}</p>' } },
        },
      }),
      singleUse: true,
      ...options,
      logGroup: this.createLogGroup('MessagesLogs', key),
    });
    const passwordReset = new AdminPasswordReset(this, 'Reset', {
      userPool,
      messages,
      globalSignOut: true,
      idempotency: true,
      ...options,
      logGroup: this.createLogGroup('ResetLogs', key),
    });
    const name = `/aws/vendedlogs/states/${this.stackName}`;
    new BulkPasswordReset(this, 'Bulk', {
      passwordReset,
      expiresAfter: KEPT,
      bucket: this.createBucket(key),
      ...options,
      logGroup: this.createLogGroup('BulkLogs', key),
      stateMachineLogGroup: this.createLogGroup('StateMachineLogs', key, name),
    });
  }

  /** Lambda, CloudWatch Logs and Amazon S3 use the key. */
  private createKey(): IKey {
    const key = new Key(this, 'Key', { enableKeyRotation: true });
    key.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal(`logs.${this.region}.amazonaws.com`)],
        actions: ['kms:Decrypt*', 'kms:Describe*', 'kms:Encrypt*', 'kms:GenerateDataKey*', 'kms:ReEncrypt*'],
        // In a key policy: this key.
        resources: ['*'],
        conditions: {
          ArnLike: {
            'kms:EncryptionContext:aws:logs:arn': this.formatArn({ service: 'logs', resource: 'log-group:*' }),
          },
        },
      }),
    );
    return key;
  }

  private createLogGroup(id: string, encryptionKey: IKey, logGroupName?: string): LogGroup {
    return new LogGroup(this, id, { encryptionKey, logGroupName, retention: RetentionDays.THREE_MONTHS });
  }

  /** The endpoints of docs/compliance.md are the only way out. */
  private createVpc(key: IKey): Vpc {
    const vpc = new Vpc(this, 'Vpc', {
      natGateways: 0,
      maxAzs: 2,
      subnetConfiguration: [{ name: 'Functions', subnetType: SubnetType.PRIVATE_ISOLATED }],
      restrictDefaultSecurityGroup: false,
      gatewayEndpoints: {
        DynamoDb: { service: GatewayVpcEndpointAwsService.DYNAMODB },
        S3: { service: GatewayVpcEndpointAwsService.S3 },
      },
      flowLogs: { All: { destination: FlowLogDestination.toCloudWatchLogs(this.createLogGroup('FlowLogs', key)) } },
    });
    acknowledge(vpc, 'VPCDefaultSecurityGroupClosed', 'Functions and endpoints have security groups of their own.');
    acknowledge(vpc, 'IAMNoInlinePolicy', 'The CDK writes the policy of the role for flow logs.');
    return vpc;
  }

  /** Of the functions, with the interface endpoints that it opens to them. */
  private createSecurityGroup(vpc: Vpc): SecurityGroup {
    const functions = new SecurityGroup(this, 'Functions', { vpc, allowAllOutbound: false });
    // The gateway endpoints have public addresses, which the route tables keep inside of AWS.
    functions.addEgressRule(Peer.anyIpv4(), Port.HTTPS);
    const endpoints = new SecurityGroup(this, 'Endpoints', { vpc, allowAllOutbound: false });
    endpoints.addIngressRule(functions, Port.HTTPS);
    const { COGNITO_IDP, KMS, EMAIL } = InterfaceVpcEndpointAwsService;
    for (const [name, service] of Object.entries({ Cognito: COGNITO_IDP, Kms: KMS, Email: EMAIL })) {
      vpc.addInterfaceEndpoint(name, { service, open: false, securityGroups: [endpoints] });
    }
    return functions;
  }

  private createBucket(encryptionKey: IKey): IBucket {
    const common = {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      versioned: true,
      // An old version has the same user names as the object.
      lifecycleRules: [{ expiration: KEPT, noncurrentVersionExpiration: Duration.days(1) }],
    };
    const accessLogs = new Bucket(this, 'AccessLogs', { ...common, encryption: BucketEncryption.S3_MANAGED });
    acknowledge(
      accessLogs,
      'S3DefaultEncryptionKMS',
      'Amazon S3 delivers access logs only to a bucket with its own keys.',
    );
    acknowledge(accessLogs, 'S3BucketReplicationEnabled', 'Access logs are kept in one Region.');
    const campaigns = new Bucket(this, 'Campaigns', {
      ...common,
      encryption: BucketEncryption.KMS,
      encryptionKey,
      bucketKeyEnabled: true,
      serverAccessLogsBucket: accessLogs,
    });
    acknowledge(
      campaigns,
      'S3BucketReplicationEnabled',
      'A copy of the objects would store user names in another place.',
    );
    return campaigns;
  }

  private createUserPool(): UserPool {
    return new UserPool(this, 'Users', {
      signInAliases: { username: true, email: true },
      accountRecovery: AccountRecovery.EMAIL_ONLY,
      email: UserPoolEmail.withSES({ fromEmail: 'no-reply@example.com', sesRegion: this.region }),
      mfa: Mfa.REQUIRED,
      mfaSecondFactor: { otp: true, sms: false },
      featurePlan: FeaturePlan.PLUS,
      standardThreatProtectionMode: StandardThreatProtectionMode.FULL_FUNCTION,
      passwordPolicy: {
        minLength: 14,
        requireDigits: true,
        requireLowercase: true,
        requireSymbols: true,
        requireUppercase: true,
      },
      removalPolicy: RemovalPolicy.RETAIN,
    });
  }
}

/** Acknowledges a rule of the packs whose rules have the same names. */
function acknowledge(construct: Construct, rule: string, reason: string): void {
  const packs = ['HIPAA.Security', 'NIST.800.53.R5', 'PCI.DSS.321'];
  Validations.of(construct).acknowledge(...packs.map((pack) => ({ id: `${pack}-${rule}`, reason })));
}

if (require.main === module) {
  const app = new App();
  Validations.of(app).addPlugins(
    new AwsSolutionsChecks(app),
    new HIPAASecurityChecks(app),
    new NIST80053R5Checks(app),
    new PCIDSS321Checks(app),
    new ServerlessChecks(app),
  );
  new RegulatedResets(app, 'RegulatedResets', { description: 'Forces users of a user pool to choose a new password' });
  app.synth();
}
