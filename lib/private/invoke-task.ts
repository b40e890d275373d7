import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { LambdaInvoke, type LambdaInvokeProps } from 'aws-cdk-lib/aws-stepfunctions-tasks';
import type { Construct } from 'constructs';

/** Grants permission to invoke the unqualified ARN only. `LambdaInvoke` grants all versions and aliases as well. */
export class InvokeTask extends LambdaInvoke {
  protected override readonly taskPolicies?: PolicyStatement[];

  public constructor(scope: Construct, id: string, props: LambdaInvokeProps) {
    super(scope, id, props);
    this.taskPolicies = [
      new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [props.lambdaFunction.functionArn] }),
    ];
  }
}
