import { Annotations, Arn, ArnFormat, CfnOutput, CustomResource, Duration, Stack, Token } from 'aws-cdk-lib';
import type { IUserPoolRef } from 'aws-cdk-lib/aws-cognito';
import { type IRole, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Code, type IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { ATTACH_ENVIRONMENT, type AttachProperties } from '../contract/attach';
import { assetFolder } from '../private/asset-folder';
import { createBundledFunction } from '../private/bundled-function';
import type { FunctionOptions } from '../private/function-options';
import { logStatement } from '../private/log-statement';
import { userPoolArnOf } from '../private/user-pool-ref';

/** The trigger of an imported user pool, and what the user pool is expected to be. */
export interface ImportedTriggerProps {
  readonly userPool: IUserPoolRef;
  readonly trigger: IFunction;
  readonly next?: IFunction;
  readonly smsRole?: IRole;
  readonly sendsThroughSes: boolean;
  readonly caseSensitive: boolean;
  readonly functionOptions: FunctionOptions;
}

/** Refuses a user pool whose triggers cannot be in this stack. */
export function validatePlaceOf(userPool: IUserPoolRef, stack: Stack): void {
  const { region, account } = Arn.split(userPoolArnOf(userPool), ArnFormat.SLASH_RESOURCE_NAME);
  const known = (value: string | undefined): value is string => value !== undefined && !Token.isUnresolved(value);
  if (known(region) && known(stack.region) && region !== stack.region) {
    throw new Error(
      `userPool: got a user pool in ${region}, expected one in ${stack.region}, the Region of this stack, because a user pool and its triggers are in one Region`,
    );
  }
  if (known(account) && known(stack.account) && account !== stack.account) {
    throw new Error(
      `userPool: got a user pool of account ${account}, expected one of ${stack.account}, the account of this stack`,
    );
  }
}

/** Asks for the setting that an imported user pool does not tell. */
export function requiredForImported(
  name: 'sendsThroughSes' | 'caseSensitive',
  value: boolean | undefined,
  command: string,
): boolean {
  if (value !== undefined) return value;
  throw new Error(
    `${name}: got nothing, expected true or false, because synth cannot see it in an imported user pool: aws cognito-idp describe-user-pool --user-pool-id ID --query ${command}`,
  );
}

/** Says how to set the trigger by hand, with its ARN as an output. */
export function explainByHand(scope: Construct, { trigger, userPool }: ImportedTriggerProps): void {
  new CfnOutput(scope, 'CustomMessageTriggerArn', {
    description: 'The custom message trigger to set in the user pool',
    value: trigger.functionArn,
  });
  Annotations.of(scope).addWarningV2(
    'cdk-cognito-password-reset:triggerByHand',
    `userPool: got an imported user pool (${userPool.node.path}), whose trigger is not set by this app: set LambdaConfig.CustomMessage of the user pool to the output CustomMessageTriggerArn where the user pool is defined (CloudFormation: LambdaConfig: { CustomMessage: ARN }; Terraform: lambda_config { custom_message = "ARN" }), or with the line for the AWS CLI in docs/imported-pools.md, which keeps all other settings; or set attach: true`,
  );
}

/**
 * A custom resource that makes the function the custom message trigger of a user pool that this app does not create, and
 * changes nothing else of it.
 */
export class AttachedTrigger extends Construct {
  /** The execution role of the function that writes the user pool. */
  readonly role: IRole;

  constructor(scope: Construct, id: string, props: ImportedTriggerProps) {
    super(scope, id);
    const { userPool, trigger, next, smsRole, functionOptions } = props;
    this.role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    const { lambdaFunction } = createBundledFunction(this, functionOptions, {
      description: 'Attaches the custom message trigger to a Cognito user pool',
      code: Code.fromAsset(assetFolder('attach')),
      // It waits for others who write the user pool.
      timeout: Duration.minutes(14),
      role: this.role,
      statements: [
        new PolicyStatement({
          actions: ['cognito-idp:DescribeUserPool', 'cognito-idp:GetUserPoolMfaConfig', 'cognito-idp:UpdateUserPool'],
          resources: [userPoolArnOf(userPool)],
        }),
        ...(smsRole
          ? [
              new PolicyStatement({
                actions: ['iam:PassRole'],
                resources: [smsRole.roleArn],
                conditions: { StringEquals: { 'iam:PassedToService': 'cognito-idp.amazonaws.com' } },
              }),
            ]
          : []),
        logStatement(functionOptions.logGroup),
      ],
      environment: { [ATTACH_ENVIRONMENT.urlSuffix]: Stack.of(this).urlSuffix },
    });
    const properties: AttachProperties = {
      UserPoolId: userPool.userPoolRef.userPoolId,
      FunctionArn: trigger.functionArn,
      NextFunctionArn: next?.functionArn,
      SmsRoleArns: smsRole ? [smsRole.roleArn] : [],
      SendsThroughSes: `${props.sendsThroughSes}`,
      CaseSensitive: `${props.caseSensitive}`,
    };
    const resource = new CustomResource(this, 'Resource', {
      resourceType: 'Custom::CustomMessageTrigger',
      serviceToken: lambdaFunction.functionArn,
      serviceTimeout: Duration.minutes(15),
      properties: { ...properties },
    });
    // The permission to invoke the trigger is there before, and until after. Statements that were added later count too.
    resource.node.addDependency(trigger, this.role);
  }
}
