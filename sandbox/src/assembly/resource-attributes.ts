import { fictionalNumber } from './phone-numbers';
import type { Stack } from './stack';

/** What the attributes of a resource are computed from. */
export interface ResourceView {
  readonly stack: Stack;
  readonly logicalId: string;
  /** A property as text, resolved; undefined when the template does not set it. */
  text(property: string): string | undefined;
}

/** The values that `Fn::GetAtt` returns for a resource, by attribute name. The value of `Ref` is under the key `Ref`. */
export type Attributes = Readonly<Record<string, string>>;

const DIGITS = '0123456789';
const LOWER = 'abcdefghijklmnopqrstuvwxyz';

/** The attributes of every resource type that a template may refer to. */
export const RESOURCE_ATTRIBUTES: Readonly<Record<string, (resource: ResourceView) => Attributes>> = {
  'AWS::Cognito::UserPool': userPool,
  'AWS::Cognito::UserPoolClient': (resource) => {
    const id = generatedId(resource, LOWER + DIGITS, 26);
    return { Ref: id, ClientId: id };
  },
  'AWS::DynamoDB::Table': attributesByName('TableName', 255, (name, stack) => ({
    Arn: stack.arn('dynamodb', `table/${name}`),
  })),
  'AWS::DynamoDB::GlobalTable': attributesByName('TableName', 255, (name, stack) => ({
    Arn: stack.arn('dynamodb', `table/${name}`),
  })),
  'AWS::IAM::ManagedPolicy': attributesByName('ManagedPolicyName', 128, (name, stack, path) => ({
    Ref: iamArn(stack, 'policy', path, name),
    PolicyArn: iamArn(stack, 'policy', path, name),
  })),
  'AWS::IAM::Role': attributesByName('RoleName', 64, (name, stack, path) => ({
    Arn: iamArn(stack, 'role', path, name),
  })),
  'AWS::KMS::Alias': attributesByName('AliasName', 256, () => ({})),
  'AWS::KMS::Key': (resource) => {
    const id = resource.stack.uuid(resource.logicalId);
    return { Ref: id, KeyId: id, Arn: resource.stack.arn('kms', `key/${id}`) };
  },
  'AWS::Lambda::Alias': (resource) => {
    const arn = `${functionArn(resource)}:${resource.text('Name')}`;
    return { Ref: arn, AliasArn: arn };
  },
  'AWS::Lambda::Function': attributesByName('FunctionName', 64, (name, stack) => ({
    Arn: stack.arn('lambda', `function:${name}`),
  })),
  // The sandbox deploys a function once, so every version is version 1.
  'AWS::Lambda::Version': (resource) => {
    const arn = `${functionArn(resource)}:1`;
    return { Ref: arn, FunctionArn: arn, Version: '1' };
  },
  'AWS::Logs::LogGroup': attributesByName('LogGroupName', 512, (name, stack) => ({
    Arn: stack.arn('logs', `log-group:${name}:*`),
  })),
  'AWS::S3::Bucket': (resource) => {
    const name = physicalName(resource, 'BucketName', 63).toLowerCase();
    return { Ref: name, Arn: `arn:${resource.stack.partition}:s3:::${name}` };
  },
  'AWS::SMSVOICE::PhoneNumber': (resource) => {
    const id = `phone-${resource.stack.hash(resource.logicalId).slice(0, 32)}`;
    const hash = resource.stack.hash(`${resource.logicalId}/PhoneNumber`);
    return {
      Ref: id,
      PhoneNumberId: id,
      Arn: resource.stack.arn('sms-voice', `phone-number/${id}`),
      PhoneNumber: fictionalNumber(resource.text('IsoCountryCode') ?? '', hash),
    };
  },
  'AWS::SMSVOICE::Pool': (resource) => {
    const id = `pool-${resource.stack.hash(resource.logicalId).slice(0, 32)}`;
    return { Ref: id, PoolId: id, Arn: resource.stack.arn('sms-voice', `pool/${id}`) };
  },
  'AWS::SMSVOICE::SenderId': (resource) => {
    const [id, country] = [resource.text('SenderId'), resource.text('IsoCountryCode')];
    return { Ref: `${country}|${id}`, Arn: resource.stack.arn('sms-voice', `sender-id/${id}/${country}`) };
  },
  'AWS::SNS::Topic': attributesByName('TopicName', 256, (name, stack) => ({
    Ref: stack.arn('sns', name),
    TopicArn: stack.arn('sns', name),
    TopicName: name,
  })),
  'AWS::SQS::Queue': attributesByName('QueueName', 80, (name, stack) => ({
    Ref: `https://sqs.${stack.region}.${stack.urlSuffix}/${stack.account}/${name}`,
    Arn: stack.arn('sqs', name),
    QueueName: name,
  })),
  'AWS::StepFunctions::StateMachine': attributesByName('StateMachineName', 80, (name, stack) => ({
    Ref: stack.arn('states', `stateMachine:${name}`),
    Arn: stack.arn('states', `stateMachine:${name}`),
    Name: name,
  })),
};

/** The ARN of the function in a `FunctionName` property: a name, a name with a qualifier, or an ARN. */
export function functionArn(resource: ResourceView): string {
  const name = resource.text('FunctionName') ?? '';
  return name.startsWith('arn:') ? name : resource.stack.arn('lambda', `function:${name}`);
}

/** The name that the template sets, or a generated one in the form that CloudFormation uses. */
function physicalName(resource: ResourceView, property: string, maxLength: number): string {
  const { stack, logicalId } = resource;
  const suffix = `-${stack.hash(logicalId).slice(0, 8)}`;
  return resource.text(property) ?? `${stack.name}-${logicalId}`.slice(0, maxLength - suffix.length) + suffix;
}

function attributesByName(
  property: string,
  maxLength: number,
  attributes: (name: string, stack: Stack, path: string) => Attributes,
) {
  return (resource: ResourceView): Attributes => {
    const name = physicalName(resource, property, maxLength);
    return { Ref: name, ...attributes(name, resource.stack, resource.text('Path') ?? '/') };
  };
}

function userPool(resource: ResourceView): Attributes {
  const { stack } = resource;
  const id = `${stack.region}_${generatedId(resource, DIGITS + LOWER + LOWER.toUpperCase(), 9)}`;
  const provider = `cognito-idp.${stack.region}.${stack.urlSuffix}/${id}`;
  return {
    Ref: id,
    UserPoolId: id,
    Arn: stack.arn('cognito-idp', `userpool/${id}`),
    ProviderName: provider,
    ProviderURL: `https://${provider}`,
  };
}

function iamArn(stack: Stack, kind: string, path: string, name: string): string {
  return `arn:${stack.partition}:iam::${stack.account}:${kind}${path}${name}`;
}

function generatedId({ stack, logicalId }: ResourceView, alphabet: string, length: number): string {
  const bytes = Buffer.from(stack.hash(logicalId), 'hex').subarray(0, length);
  return Array.from(bytes, (byte) => alphabet[byte % alphabet.length]).join('');
}
