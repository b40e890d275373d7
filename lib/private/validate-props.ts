import { RemovalPolicy, Token } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

/** The values that a property accepts. They are recognized by their members: an app can have two copies of the CDK. */
export interface PropertyType {
  /** With its article, such as `a Duration`. */
  readonly name: string;
  /** The code to write. */
  readonly example: string;
  accepts(value: unknown): boolean;
}

type RequiredKeys<Props> = { [Key in keyof Props]-?: object extends Pick<Props, Key> ? never : Key }[keyof Props];

/** The types of all properties of a construct. */
export interface PropertyTypes<Props extends object> {
  readonly required: { readonly [Key in RequiredKeys<Props>]: PropertyType };
  readonly optional: { readonly [Key in Exclude<keyof Props, RequiredKeys<Props>>]-?: PropertyType };
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

function objectWith(member: string, name: string, example: string): PropertyType {
  return { name, example, accepts: (value) => isObject(value) && member in value };
}

function object(name: string, example: string): PropertyType {
  return { name, example, accepts: (value) => isObject(value) && !Array.isArray(value) };
}

function scalar(type: 'boolean' | 'number' | 'string', name: string, example: string): PropertyType {
  return { name, example, accepts: (value) => typeof value === type || Token.isUnresolved(value) };
}

/** One of the values of an enum. */
export function oneOf(name: string, values: Readonly<Record<string, string>>): PropertyType {
  const [first = ''] = Object.keys(values);
  const accepts = (value: unknown) => Object.values<unknown>(values).includes(value) || Token.isUnresolved(value);
  return { name: `a value of ${name}`, example: `${name}.${first}`, accepts };
}

/** A list each of whose elements has this type. */
export function listOf(type: PropertyType): PropertyType {
  const accepts = (value: unknown) => Array.isArray(value) && value.every((element) => type.accepts(element));
  return { name: `a list, and each element ${type.name}`, example: `[${type.example}]`, accepts };
}

/** An object each of whose values has this type. */
export function recordOf(type: PropertyType, key: string): PropertyType {
  const accepts = (value: unknown) =>
    isObject(value) && Object.values(value).every((entry) => entry === undefined || type.accepts(entry));
  return { name: `an object, and each value ${type.name}`, example: `{ ${key}: ${type.example} }`, accepts };
}

const ROLE = objectWith('roleArn', 'a role', "Role.fromRoleArn(this, 'Role', 'arn:aws:iam::…')");
const ORIGINATION = objectWith(
  'originationIdentityArn',
  'an origination identity',
  "OriginationPhoneNumber.fromPhoneNumberArn(this, 'Number', 'arn:aws:sms-voice:…')",
);

export const TYPES = {
  boolean: scalar('boolean', 'true or false', 'true'),
  number: scalar('number', 'a number', '10'),
  text: scalar('string', 'a text', 'write it in quotation marks'),
  duration: objectWith('toSeconds', 'a Duration', 'Duration.seconds(30), or Duration.days(90)'),
  userPool: objectWith('userPoolRef', 'a user pool', "UserPool.fromUserPoolId(this, 'Pool', 'eu-west-1_…')"),
  /** Of this app: an imported one cannot be changed. */
  ownUserPool: objectWith('userPoolRef', 'a user pool', "new UserPool(this, 'Users')"),
  grantee: objectWith(
    'grantPrincipal',
    'a role or another principal',
    "Role.fromRoleArn(this, 'Role', 'arn:aws:iam::…')",
  ),
  role: ROLE,
  roles: recordOf(ROLE, 'worker'),
  logGroup: objectWith('logGroupArn', 'a log group', "LogGroup.fromLogGroupName(this, 'Logs', '…')"),
  lambdaFunction: objectWith('functionArn', 'a Lambda function', "Function.fromFunctionArn(this, 'Next', 'arn:aws:…')"),
  key: objectWith('keyArn', 'a KMS key', "Key.fromKeyArn(this, 'Key', 'arn:aws:kms:…')"),
  keyRef: objectWith('keyRef', 'a KMS key', "Key.fromKeyArn(this, 'Key', 'arn:aws:kms:…')"),
  vpc: objectWith('vpcId', 'a VPC', "Vpc.fromLookup(this, 'Vpc', { vpcId: 'vpc-…' })"),
  subnetSelection: object('a SubnetSelection', '{ subnetType: SubnetType.PRIVATE_ISOLATED }'),
  securityGroup: objectWith(
    'securityGroupId',
    'a security group',
    "SecurityGroup.fromSecurityGroupId(this, 'Group', 'sg-…')",
  ),
  codeSigningConfig: objectWith(
    'codeSigningConfigArn',
    'a CodeSigningConfig',
    "CodeSigningConfig.fromCodeSigningConfigArn(this, 'Signing', 'arn:aws:lambda:…')",
  ),
  bucket: objectWith('bucketArn', 'a bucket', "Bucket.fromBucketName(this, 'Bucket', '…')"),
  table: objectWith('tableArn', 'a DynamoDB table', "TableV2.fromTableName(this, 'Ledger', '…')"),
  architecture: objectWith('dockerPlatform', 'an Architecture', 'Architecture.ARM_64'),
  passwordReset: objectWith(
    '_globalSignOut',
    'an AdminPasswordReset',
    "new AdminPasswordReset(this, 'Reset', { userPool })",
  ),
  messages: objectWith(
    '_caseInsensitive',
    'ResetMessages',
    "new ResetMessages(this, 'Messages', { userPool, catalog })",
  ),
  catalog: objectWith('_catalog', 'a MessageCatalog', "MessageCatalog.fromDirectory('messages')"),
  smsReadiness: objectWith('_userPool', 'SmsReadiness', "new SmsReadiness(this, 'SmsReadiness', { delivery })"),
  delivery: objectWith(
    'smsRegion',
    'an SmsDelivery or an SnsSmsDelivery',
    "new SmsDelivery(this, 'Sms', { userPool, origination })",
  ),
  origination: ORIGINATION,
  originations: listOf(ORIGINATION),
  keywords: listOf(objectWith('keyword', 'a keyword', "{ keyword: 'INFO', message: '…' }")),
  removalPolicy: oneOf('RemovalPolicy', RemovalPolicy),
} as const satisfies Readonly<Record<string, PropertyType>>;

/**
 * Validates that the properties of a construct are there and have their types, which nobody does for an app in
 * JavaScript. Their values are validated by the construct.
 *
 * @param type the class of this library, of which the construct may be a subclass with more properties
 */
export function validateProps<Props extends object>(
  construct: Construct,
  type: { readonly name: string },
  props: Props,
  { required, optional }: PropertyTypes<Props>,
): void {
  const types: Readonly<Record<string, PropertyType>> = { ...required, ...optional };
  const usage = `new ${type.name}(this, '${construct.node.id}', { ${Object.keys(required).join(', ')} })`;
  validateObject('props', props, usage);
  if (construct.constructor === type) validateNames(props, Object.keys(types));
  for (const [name, expected] of Object.entries(types)) {
    const value: unknown = (props as Record<string, unknown>)[name];
    if (name in required || (value !== undefined && value !== null)) validateType(name, value, expected);
  }
}

export function validateObject(name: string, value: unknown, example: string): void {
  if (!isObject(value) || Array.isArray(value)) {
    throw new Error(`${name}: got ${describe(value)}, expected an object of properties: ${example}`);
  }
}

export function validateType(name: string, value: unknown, { name: expected, example, accepts }: PropertyType): void {
  if (!accepts(value)) throw new Error(`${name}: got ${describe(value)}, expected ${expected}: ${example}`);
}

/** Refuses a misspelt name. Any other unknown name is let through: it may be meant for something else. */
export function validateNames(props: object, known: readonly string[]): void {
  for (const name of Object.keys(props)) {
    if (known.includes(name)) continue;
    const meant = known.find(
      (other) => (props as Record<string, unknown>)[other] === undefined && isMisspelt(name, other),
    );
    if (meant !== undefined) {
      throw new Error(`${name}: got a property that does not exist, expected ${meant}: correct the name`);
    }
  }
}

/** Whether at most two letters differ, and one in four, without regard to case. */
function isMisspelt(name: string, meant: string): boolean {
  return editDistance(name.toLowerCase(), meant.toLowerCase()) <= Math.min(2, Math.floor(meant.length / 4));
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1];
    for (const [j, other] of [...b].entries()) {
      next.push(Math.min((row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1, (row[j] ?? 0) + (letter === other ? 0 : 1)));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}

/** What a value is, for an error text. */
function describe(value: unknown): string {
  if (value === undefined || value === null) return 'none';
  if (Token.isUnresolved(value)) return 'a token of the CDK';
  if (typeof value === 'string')
    return `the text ${JSON.stringify(value.length > 80 ? `${value.slice(0, 80)}…` : value)}`;
  if (typeof value === 'number') return `the number ${value}`;
  if (typeof value === 'boolean') return `${value}`;
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : `a list with ${describe(value[0])}`;
  if (typeof value === 'function') return `the function or class ${value.name}`;
  const { name } = value.constructor ?? { name: 'Object' };
  return name === 'Object' ? 'an object' : `an object of the class ${name}`;
}
