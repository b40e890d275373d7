import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Annotations, Aspects, Duration, Lazy, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import type { CfnUserPool, IUserPoolRef } from 'aws-cdk-lib/aws-cognito';
import { AttributeType, type ITable, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { type IRole, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKeyRef } from 'aws-cdk-lib/aws-kms';
import { Code, type IFunction } from 'aws-cdk-lib/aws-lambda';
import { type ILogGroup, LogGroup } from 'aws-cdk-lib/aws-logs';
import { DISABLE_ASSET_STAGING_CONTEXT } from 'aws-cdk-lib/cx-api';
import { Construct } from 'constructs';
import { CATALOG_FILE, type Catalog, MESSAGES_ENVIRONMENT, USED_SIGNATURES_TABLE } from '../contract/messages';
import { RESET_ENVIRONMENT } from '../contract/reset';
import { createBundledFunction } from '../private/bundled-function';
import { logStatement } from '../private/log-statement';
import { createSigningKey, keyArnOf } from '../private/signing-key';
import { ownedUserPoolOf } from '../private/user-pool-ref';
import { mostSmsParts } from './catalog/text';
import type { MessageCatalog } from './message-catalog';

/**
 * Properties of {@link ResetMessages}.
 */
export interface ResetMessagesProps {
  /**
   * The user pool that sends the messages.
   *
   * It must be created in this stack, as an L2 or L1 construct: a trigger cannot be added to an imported user pool. It
   * must have no other custom message trigger, except for `next`. Other triggers are kept.
   */
  readonly userPool: IUserPoolRef;

  /** The templates of the messages. */
  readonly catalog: MessageCatalog;

  /**
   * Your own custom message trigger, for all messages except those of a reset by an administrator.
   *
   * It is invoked during the same event, and its response is returned to Cognito unchanged. It must respond within
   * three seconds, because Cognito waits for five. Pass it here instead of in the `lambdaTriggers` of the user pool. A
   * `selfServiceTemplate` in the catalog is not supported together with `next`, because `next` writes those messages.
   *
   * @default - Cognito sends its own messages where the catalog has none
   * @see https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-custom-message.html
   */
  readonly next?: IFunction;

  /**
   * The signing key: the AWS KMS key that ClientMetadata is signed with.
   *
   * It must be an HMAC_256 key, referenced by the ARN of the key. The ARN of an alias is not supported.
   *
   * @default - a new key, which is retained when the stack is deleted
   * @see https://docs.aws.amazon.com/kms/latest/developerguide/hmac.html
   */
  readonly signingKey?: IKeyRef;

  /**
   * A key whose signatures are still accepted, until all resets use a new `signingKey`.
   *
   * Set it when you replace the key, because AWS KMS does not rotate HMAC keys automatically.
   *
   * @default - only the signatures of the current key are accepted
   * @see https://docs.aws.amazon.com/kms/latest/developerguide/rotate-keys.html
   */
  readonly previousSigningKey?: IKeyRef;

  /**
   * Whether a signature counts for one request only.
   *
   * Without it, the same text can be sent to the same user again for five minutes, with a code that Cognito makes for that
   * request, by those who see the ClientMetadata of a reset, such as another trigger of the user pool. With it, the trigger stores each
   * signature that it has verified in a DynamoDB table, and accepts it for 20 seconds, because Cognito can invoke a trigger
   * several times for one message. Later, the user gets the self-service message. When the table does not respond in time,
   * Cognito sends its default message, and the reason is in the log.
   *
   * @default false
   * @see https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-working-with-lambda-triggers.html
   */
  readonly singleUse?: boolean;

  /**
   * The log group of the trigger. The log is in JSON and contains no personal data.
   *
   * @see https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-loggroups.html
   * @default - a new log group, which keeps events for two years and is retained when the stack is deleted
   */
  readonly logGroup?: ILogGroup;
}

/**
 * A custom message trigger that writes the messages of password resets from the templates of a catalog.
 *
 * The `clientMetadata` of a reset selects the template with `template` and the locale with `locale`. Templates can use
 * other values of `clientMetadata` too. This requires a signature: an `AdminPasswordReset` with these `messages`, or
 * with their signing key, signs ClientMetadata. The signature is needed because the public ForgotPassword API, which
 * accepts any ClientMetadata, invokes the same trigger in the same way. Without a verified signature, the user gets the
 * `selfServiceTemplate` of the catalog or Cognito's own message, and ClientMetadata can select the locale only.
 *
 * No reset fails because of its message: if the trigger cannot write it, Cognito sends its own message, and the reason
 * is in the log.
 *
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-custom-message.html
 */
export class ResetMessages extends Construct {
  /** The user pool that sends the messages. */
  public readonly userPool: IUserPoolRef;

  /** The custom message trigger. */
  public readonly lambdaFunction: IFunction;

  /** The execution role of the trigger. */
  public readonly role: IRole;

  /** The log group of the trigger. */
  public readonly logGroup: ILogGroup;

  /** The table of the signatures that were used; undefined without `singleUse`. */
  public readonly usedSignaturesTable?: ITable;

  /** The ARN of the signing key, for an `AdminPasswordReset` in another stage or app. */
  public readonly signingKeyArn: string;

  /**
   * `true` when the user names of the user pool are case-insensitive, else `false`.
   *
   * @internal
   */
  public readonly _caseInsensitive: string;

  /**
   * The most parts that an SMS message of the catalog can have.
   *
   * @internal
   */
  public readonly _smsParts: number;

  public constructor(scope: Construct, id: string, props: ResetMessagesProps) {
    super(scope, id);
    const userPool = ownedUserPoolInStackOf(this, props.userPool);
    const catalog = props.catalog._catalog;
    if (props.next !== undefined && catalog.selfServiceTemplate !== undefined) {
      throw new Error(
        'next: got a function although the catalog has a selfServiceTemplate, expected only one of them: next writes the messages that users request themselves',
      );
    }
    this.node.addValidation({ validate: () => validateCustomMessageTrigger(userPool, props.next) });
    Aspects.of(this).add({ visit: (construct) => construct === this && this.addWarnings(userPool, props.catalog) });

    this.userPool = props.userPool;
    this._smsParts = mostSmsPartsOf(catalog);
    // Lazy, as below, because the properties of the user pool are final only at synth.
    this._caseInsensitive = Lazy.string({ produce: () => `${isCaseInsensitive(userPool)}` });
    this.signingKeyArn = keyArnOf('signingKey', props.signingKey ?? createSigningKey(this));
    const previousSigningKeyArn = props.previousSigningKey && keyArnOf('previousSigningKey', props.previousSigningKey);
    this.usedSignaturesTable = props.singleUse ? createUsedSignaturesTable(this) : undefined;
    this.role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    this.logGroup = props.logGroup ?? new LogGroup(this, 'LogGroup');

    // The function must not refer to the user pool, because the user pool refers to the function.
    const asset = writeAsset(catalog);
    this.lambdaFunction = createBundledFunction(this, {
      description: 'Writes the messages of password resets in a Cognito user pool',
      code: Code.fromAsset(asset),
      // Cognito waits for the trigger, and a cold start is faster with more memory.
      memorySize: 512,
      timeout: Duration.seconds(5),
      role: this.role,
      logGroup: this.logGroup,
      statements: [
        new PolicyStatement({
          actions: ['kms:VerifyMac'],
          resources: [this.signingKeyArn, ...(previousSigningKeyArn ? [previousSigningKeyArn] : [])],
        }),
        logStatement(this.logGroup),
        ...(this.usedSignaturesTable
          ? [
              new PolicyStatement({
                actions: ['dynamodb:UpdateItem'],
                resources: [this.usedSignaturesTable.tableArn],
              }),
            ]
          : []),
        ...(props.next
          ? [new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [props.next.functionArn] })]
          : []),
      ],
      environment: {
        [RESET_ENVIRONMENT.signingKeyArn]: this.signingKeyArn,
        ...(previousSigningKeyArn && { [MESSAGES_ENVIRONMENT.previousSigningKeyArn]: previousSigningKeyArn }),
        [RESET_ENVIRONMENT.caseInsensitive]: this._caseInsensitive,
        // Without Amazon SES, Cognito refuses a response that contains an email message.
        [MESSAGES_ENVIRONMENT.customEmail]: Lazy.string({ produce: () => `${sendsThroughSes(userPool)}` }),
        ...(this.usedSignaturesTable && {
          [MESSAGES_ENVIRONMENT.usedSignaturesTableName]: this.usedSignaturesTable.tableName,
        }),
        ...(props.next && { [MESSAGES_ENVIRONMENT.nextFunctionArn]: props.next.functionArn }),
      },
    }).lambdaFunction;
    if (!this.node.tryGetContext(DISABLE_ASSET_STAGING_CONTEXT)) {
      rmSync(asset, { recursive: true });
    }

    this.lambdaFunction.addPermission('UserPool', {
      principal: new ServicePrincipal('cognito-idp.amazonaws.com'),
      sourceArn: userPool.attrArn,
    });
    // An override, because setting lambdaConfig would remove the other triggers of an L1 construct, and an L2 construct
    // would overwrite it.
    userPool.addPropertyOverride('LambdaConfig.CustomMessage', this.lambdaFunction.functionArn);
  }

  private addWarnings(userPool: CfnUserPool, catalog: MessageCatalog): void {
    for (const warning of catalog._warnings) {
      Annotations.of(this).addWarningV2('cdk-cognito-password-reset:catalog', warning);
    }
    if (hasEmailMessages(catalog._catalog) && !sendsThroughSes(userPool)) {
      Annotations.of(this).addWarningV2(
        'cdk-cognito-password-reset:defaultEmailSender',
        "userPool: got a user pool that sends email with Cognito's default sender, which does not support custom email messages: users get Cognito's own email messages, and only SMS messages come from the catalog; send through Amazon SES with UserPoolEmail.withSES",
      );
    }
  }
}

/** The ResetMessages of a user pool, if there is one whose constructor has finished. */
export function resetMessagesOf(userPool: CfnUserPool): ResetMessages | undefined {
  return userPool.stack.node
    .findAll()
    .find(
      (construct): construct is ResetMessages =>
        construct instanceof ResetMessages &&
        construct.userPool !== undefined &&
        ownedUserPoolOf(construct.userPool) === userPool,
    );
}

/** The owned user pool, validated: it must be in the stack of the messages and must not have other ResetMessages. */
function ownedUserPoolInStackOf(messages: ResetMessages, userPool: IUserPoolRef): CfnUserPool {
  const resource = ownedUserPoolOf(userPool);
  if (resource === undefined) {
    throw new Error(
      'userPool: got an imported user pool, expected one that this app creates, because the trigger is a property of the user pool: create ResetMessages where the user pool is created, and pass its key to AdminPasswordReset as signingKey',
    );
  }
  if (resource.stack !== Stack.of(messages)) {
    throw new Error(
      `userPool: got a user pool of the stack ${resource.stack.node.path}, expected one of this stack (${Stack.of(messages).node.path}), because the user pool and its trigger would refer to each other across stacks: new ResetMessages(Stack.of(pool), '${messages.node.id}', …)`,
    );
  }
  const other = resetMessagesOf(resource);
  if (other !== undefined) {
    throw new Error(
      `userPool: got a user pool that already has ResetMessages (${other.node.path}), expected one without, because a user pool has one custom message trigger: put all templates in one catalog`,
    );
  }
  return resource;
}

function createUsedSignaturesTable(scope: Construct): ITable {
  const table = new TableV2(scope, 'UsedSignatures', {
    partitionKey: { name: USED_SIGNATURES_TABLE.partitionKey, type: AttributeType.STRING },
    timeToLiveAttribute: USED_SIGNATURES_TABLE.timeToLiveAttribute,
    // A signature is accepted for five minutes.
    removalPolicy: RemovalPolicy.DESTROY,
  });
  Validations.of(table).acknowledge({
    id: 'AwsSolutions-DDB3',
    reason: 'Records expire after an hour, and nobody asks for one after five minutes: there is nothing to restore.',
  });
  return table;
}

/** Runs at synth, when the triggers of the user pool are final. Raw overrides of the template are ignored. */
function validateCustomMessageTrigger(userPool: CfnUserPool, next: IFunction | undefined): string[] {
  const { customMessage } = userPool.stack.resolve(userPool.lambdaConfig) ?? {};
  const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);
  return customMessage === undefined || same(customMessage, userPool.stack.resolve(next?.functionArn))
    ? []
    : [
        'userPool: got a user pool with a custom message trigger of its own, expected none, because a user pool has only one: remove it from the triggers of the user pool and pass it to ResetMessages as next, which is called for all other messages',
      ];
}

/** False if it is not known before the deployment. */
function sendsThroughSes(userPool: CfnUserPool): boolean {
  return userPool.stack.resolve(userPool.emailConfiguration)?.emailSendingAccount === 'DEVELOPER';
}

/** User pools that CloudFormation creates are case-sensitive by default. */
function isCaseInsensitive(userPool: CfnUserPool): boolean {
  return userPool.stack.resolve(userPool.usernameConfiguration)?.caseSensitive === false;
}

function hasEmailMessages(catalog: Catalog): boolean {
  const messages = Object.values(catalog.templates).flatMap((locales) => Object.values(locales));
  return messages.some(({ email }) => email !== undefined);
}

/** The parts of the SMS message with the most; 1 if there is none. */
function mostSmsPartsOf(catalog: Catalog): number {
  const messages = Object.values(catalog.templates).flatMap((locales) => Object.values(locales));
  return Math.max(1, ...messages.map(({ sms = [] }) => mostSmsParts(sms, catalog)));
}

/** Writes the bundle of the trigger and the catalog into a folder, which the CDK copies and hashes. */
function writeAsset(catalog: Catalog): string {
  const folder = mkdtempSync(join(tmpdir(), 'cdk-cognito-password-reset-messages-'));
  cpSync(join(__dirname, '..', '..', 'assets', 'messages'), folder, { recursive: true });
  writeFileSync(join(folder, CATALOG_FILE), JSON.stringify(catalog));
  return folder;
}
