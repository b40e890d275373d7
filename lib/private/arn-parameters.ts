import { Token } from 'aws-cdk-lib';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { Construct } from 'constructs';

/** The documentation counts the ARN in front of the name. This is the longest one of all partitions and Regions. */
const MAX_NAME_LENGTH = 1011 - 'arn:aws-us-gov:ssm:us-gov-west-1:111122223333:parameter'.length;
const MAX_LEVELS = 15;

interface ArnParameter {
  /** The id of the construct. */
  readonly id: string;
  /** The last level of the name of the parameter. */
  readonly name: string;
  readonly description: string;
  readonly arn: string;
}

/**
 * Creates an SSM parameter for each ARN, under a prefix.
 *
 * @throws if the prefix with the name is not the name of a parameter
 * @see https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-parameter-name-constraints.html
 */
export function createArnParameters(
  scope: Construct,
  parameterPrefix: string | undefined,
  parameters: readonly ArnParameter[],
): void {
  if (parameterPrefix === undefined) return;
  const parent = new Construct(scope, 'Parameters');
  for (const { id, name, description, arn } of parameters) {
    new StringParameter(parent, id, {
      parameterName: parameterNameOf(parameterPrefix, name),
      // The CDK cannot see it when the prefix is a token.
      simpleName: false,
      description,
      stringValue: arn,
    });
  }
}

function parameterNameOf(prefix: string, name: string): string {
  const parameterName = `${prefix}/${name}`;
  const problem = Token.isUnresolved(prefix) ? undefined : problemOf(prefix, parameterName);
  if (problem !== undefined) throw new Error(`parameterPrefix: got ${JSON.stringify(prefix)}, expected ${problem}`);
  return parameterName;
}

function problemOf(prefix: string, parameterName: string): string | undefined {
  if (!/^(?:\/[a-zA-Z0-9_.-]+)+$/.test(prefix)) {
    return 'levels that each begin with a slash, of letters, digits, hyphens, underscores and full stops: as in /passwords/production, without a slash at the end';
  }
  if (/^\/(?:aws|ssm)/i.test(prefix)) {
    return "a name that does not begin with aws or ssm, which AWS Systems Manager reserves: begin with your application's name";
  }
  const levels = parameterName.split('/').length - 1;
  if (levels > MAX_LEVELS) {
    return `at most ${MAX_LEVELS - 1} levels: a parameter has at most ${MAX_LEVELS} levels, the last of which is its own name`;
  }
  if (parameterName.length > MAX_NAME_LENGTH) {
    return `at most ${MAX_NAME_LENGTH} characters together with the name of a parameter, got ${parameterName.length}: shorten it`;
  }
  return undefined;
}
