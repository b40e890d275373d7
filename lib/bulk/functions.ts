import { Duration } from 'aws-cdk-lib';
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import { type IRole, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { type CfnFunction, Code, type IFunction } from 'aws-cdk-lib/aws-lambda';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { CAMPAIGN_ENVIRONMENT, CAMPAIGN_PREFIXES, WORKER_TIMEOUT_SECONDS } from '../contract/campaign';
import { MESSAGES_ENVIRONMENT } from '../contract/messages';
import { RESET_ENVIRONMENT } from '../contract/reset';
import { assetFolder } from '../private/asset-folder';
import { createBundledFunction } from '../private/bundled-function';
import type { FunctionOptions } from '../private/function-options';
import { logStatement } from '../private/log-statement';
import { userPoolArnOf } from '../private/user-pool-ref';
import { acknowledgeWildcards, OBJECTS_REASON } from '../private/wildcards';
import type { AdminPasswordReset } from '../reset/admin-password-reset';
import type { SmsReadiness } from '../sms/sms-readiness';
import type { CampaignPace } from './campaign-pace';
import { keyStatements, objectStatement } from './storage';

/** The functions of a campaign. */
export interface CampaignFunctions {
  readonly preflight: IFunction;
  readonly listing: IFunction;
  readonly worker: IFunction;
  readonly summary: IFunction;
}

export interface CampaignFunctionsOptions {
  readonly passwordReset: AdminPasswordReset;
  readonly bucket: IBucket;
  readonly ledger: ITable;
  readonly expiresAfter: Duration;
  readonly pace: CampaignPace;
  readonly maxUsers?: number;
  readonly requireListDigest: boolean;
  readonly smsReadiness?: SmsReadiness;
  readonly smsPrice: number;
  readonly functionOptions: FunctionOptions;
  readonly roles: { readonly [name in keyof CampaignFunctions]?: IRole };
}

export function createCampaignFunctions(scope: Construct, options: CampaignFunctionsOptions): CampaignFunctions {
  return {
    preflight: createPreflight(new Construct(scope, 'Preflight'), options),
    listing: createListing(new Construct(scope, 'Listing'), options),
    worker: createWorker(new Construct(scope, 'Worker'), options),
    summary: createSummary(new Construct(scope, 'Summary'), options),
  };
}

function createPreflight(scope: Construct, options: CampaignFunctionsOptions): IFunction {
  const { requireListDigest, smsReadiness, pace, passwordReset } = options;
  return createCampaignFunction(scope, options, {
    name: 'preflight',
    description: 'Checks whether a bulk password reset may begin',
    memorySize: 256,
    timeout: Duration.minutes(1),
    statements: [
      cognitoStatement(options, 'cognito-idp:DescribeUserPool'),
      // IAM supports no resource for this action.
      new PolicyStatement({ actions: ['ses:GetAccount'], resources: ['*'] }),
      ledgerStatement(options, 'dynamodb:GetItem', 'dynamodb:PutItem'),
      ...(smsReadiness
        ? [
            new PolicyStatement({
              actions: ['lambda:InvokeFunction'],
              resources: [smsReadiness.lambdaFunction.functionArn],
            }),
          ]
        : []),
    ],
    environment: {
      ...maxUsersEnvironment(options),
      [CAMPAIGN_ENVIRONMENT.maxResetsPerSecond]: `${pace.resetsPerSecond}`,
      ...(requireListDigest && { [CAMPAIGN_ENVIRONMENT.requireListDigest]: 'true' }),
      ...(smsReadiness && {
        [CAMPAIGN_ENVIRONMENT.smsReadinessFunctionArn]: smsReadiness.lambdaFunction.functionArn,
      }),
      [CAMPAIGN_ENVIRONMENT.smsPrice]: `${options.smsPrice}`,
      ...messagesEnvironment(options),
      ...(passwordReset._messages && { [CAMPAIGN_ENVIRONMENT.smsParts]: `${passwordReset._messages._smsParts}` }),
    },
  });
}

function createListing(scope: Construct, options: CampaignFunctionsOptions): IFunction {
  const { bucket } = options;
  return createCampaignFunction(scope, options, {
    name: 'listing',
    description: 'Lists the users of a bulk password reset',
    memorySize: 512,
    timeout: Duration.minutes(15),
    statements: [
      cognitoStatement(options, 'cognito-idp:AdminGetUser', 'cognito-idp:ListUsers'),
      ledgerStatement(options, 'dynamodb:BatchGetItem', 'dynamodb:PutItem'),
      objectStatement(bucket, CAMPAIGN_PREFIXES.input, 's3:GetObject'),
      objectStatement(bucket, CAMPAIGN_PREFIXES.listings, 's3:AbortMultipartUpload', 's3:GetObject', 's3:PutObject'),
      objectStatement(bucket, CAMPAIGN_PREFIXES.ranges, 's3:PutObject'),
      ...keyStatements(scope, bucket, 'kms:Decrypt', 'kms:GenerateDataKey'),
    ],
    environment: {
      ...bucketEnvironment(options),
      ...maxUsersEnvironment(options),
      [CAMPAIGN_ENVIRONMENT.batchSize]: `${options.pace.batchSize}`,
    },
  });
}

function createWorker(scope: Construct, options: CampaignFunctionsOptions): IFunction {
  const { bucket, passwordReset, pace } = options;
  const { _globalSignOut: globalSignOut, _signing: signing } = passwordReset;
  const worker = createCampaignFunction(scope, options, {
    name: 'worker',
    description: 'Resets a batch of users in a bulk password reset',
    memorySize: 512,
    timeout: Duration.seconds(WORKER_TIMEOUT_SECONDS),
    statements: [
      cognitoStatement(
        options,
        'cognito-idp:AdminGetUser',
        'cognito-idp:AdminResetUserPassword',
        ...(globalSignOut ? ['cognito-idp:AdminUserGlobalSignOut'] : []),
      ),
      ledgerStatement(options, 'dynamodb:BatchGetItem', 'dynamodb:GetItem', 'dynamodb:UpdateItem'),
      objectStatement(bucket, CAMPAIGN_PREFIXES.listings, 's3:GetObject'),
      ...keyStatements(scope, bucket, 'kms:Decrypt'),
      ...(signing ? [new PolicyStatement({ actions: ['kms:GenerateMac'], resources: [signing.keyArn] })] : []),
    ],
    environment: {
      ...bucketEnvironment(options),
      [CAMPAIGN_ENVIRONMENT.maxResetsPerSecond]: `${pace.resetsPerSecond}`,
      [CAMPAIGN_ENVIRONMENT.maxWorkers]: `${pace.workers}`,
      ...(globalSignOut && { [RESET_ENVIRONMENT.globalSignOut]: 'true' }),
      ...signing?.environment,
    },
  });
  if (signing) {
    // The trigger must know a new signing key before the worker signs with it, and the reset function depends on the
    // trigger. Only its resource is a dependency, without its permissions.
    worker.node.addDependency(passwordReset.lambdaFunction.node.defaultChild as CfnFunction);
  }
  return worker;
}

function createSummary(scope: Construct, options: CampaignFunctionsOptions): IFunction {
  const { bucket } = options;
  return createCampaignFunction(scope, options, {
    name: 'summary',
    description: 'Reports on a bulk password reset',
    memorySize: 512,
    timeout: Duration.minutes(15),
    statements: [
      cognitoStatement(options, 'cognito-idp:AdminGetUser'),
      ledgerStatement(options, 'dynamodb:BatchGetItem', 'dynamodb:GetItem', 'dynamodb:UpdateItem'),
      objectStatement(bucket, CAMPAIGN_PREFIXES.listings, 's3:GetObject'),
      objectStatement(bucket, CAMPAIGN_PREFIXES.reports, 's3:PutObject'),
      ...keyStatements(scope, bucket, 'kms:Decrypt', 'kms:GenerateDataKey'),
    ],
    environment: bucketEnvironment(options),
  });
}

/** What the user pool must be for the messages of the catalog. */
function messagesEnvironment({ passwordReset: { _messages } }: CampaignFunctionsOptions): Record<string, string> {
  if (_messages === undefined) return {};
  return {
    [CAMPAIGN_ENVIRONMENT.customMessageTriggerArn]: _messages.lambdaFunction.functionArn,
    [MESSAGES_ENVIRONMENT.customEmail]: _messages._sendsThroughSes,
    [RESET_ENVIRONMENT.caseInsensitive]: _messages._caseInsensitive,
  };
}

/** The properties in which the functions of a campaign differ. */
interface CampaignFunctionProps {
  readonly name: keyof CampaignFunctions;
  readonly description: string;
  readonly memorySize: number;
  readonly timeout: Duration;
  readonly statements: PolicyStatement[];
  readonly environment: Record<string, string>;
}

function createCampaignFunction(
  scope: Construct,
  { passwordReset, ledger, expiresAfter, functionOptions, roles }: CampaignFunctionsOptions,
  { name, statements, environment, ...options }: CampaignFunctionProps,
): IFunction {
  const { lambdaFunction, policy } = createBundledFunction(scope, functionOptions, {
    ...options,
    code: Code.fromAsset(assetFolder(`campaign-${name}`)),
    role: roles[name] ?? new Role(scope, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') }),
    statements: [...statements, logStatement(functionOptions.logGroup)],
    // The state machine retries.
    retryAttempts: 0,
    environment: {
      [RESET_ENVIRONMENT.userPoolId]: passwordReset.userPool.userPoolRef.userPoolId,
      [CAMPAIGN_ENVIRONMENT.ledgerTableName]: ledger.tableName,
      [CAMPAIGN_ENVIRONMENT.expiresAfterSeconds]: `${expiresAfter.toSeconds()}`,
      ...environment,
    },
  });
  acknowledgeWildcards(policy, statements, OBJECTS_REASON);
  return lambdaFunction;
}

function cognitoStatement({ passwordReset }: CampaignFunctionsOptions, ...actions: string[]): PolicyStatement {
  return new PolicyStatement({ actions, resources: [userPoolArnOf(passwordReset.userPool)] });
}

function ledgerStatement({ ledger }: CampaignFunctionsOptions, ...actions: string[]): PolicyStatement {
  return new PolicyStatement({ actions, resources: [ledger.tableArn] });
}

function bucketEnvironment({ bucket }: CampaignFunctionsOptions): Record<string, string> {
  return { [CAMPAIGN_ENVIRONMENT.bucketName]: bucket.bucketName };
}

function maxUsersEnvironment({ maxUsers }: CampaignFunctionsOptions): Record<string, string> {
  return maxUsers === undefined ? {} : { [CAMPAIGN_ENVIRONMENT.maxUsers]: `${maxUsers}` };
}
