import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Annotations, Aspects, Duration, Lazy, Stack } from 'aws-cdk-lib';
import type { CfnUserPool, IUserPoolRef } from 'aws-cdk-lib/aws-cognito';
import { type IRole, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKeyRef } from 'aws-cdk-lib/aws-kms';
import { Code, type IFunction } from 'aws-cdk-lib/aws-lambda';
import { type ILogGroup, LogGroup } from 'aws-cdk-lib/aws-logs';
import { DISABLE_ASSET_STAGING_CONTEXT } from 'aws-cdk-lib/cx-api';
import { Construct } from 'constructs';
import { CATALOG_FILE, type Catalog, MESSAGES_ENVIRONMENT } from '../contract/messages';
import { RESET_ENVIRONMENT } from '../contract/reset';
import { createBundledFunction } from '../private/bundled-function';
import { logStatement } from '../private/log-statement';
import { createSigningKey, keyArnOf } from '../private/signing-key';
import { ownedUserPoolOf } from '../private/user-pool-ref';
import type { MessageCatalog } from './message-catalog';

/**
 * Properties of {@link ResetMessages}.
 */
export interface ResetMessagesProps {
  /**
   * The user pool whose messages these are.
   *
   * It must be created in this stack, as an L2 or L1 construct: an imported pool cannot be given a trigger. It must
   * have no other custom message trigger, except for `next`; other triggers are kept.
   */
  readonly userPool: IUserPoolRef;

  /** The texts. */
  readonly catalog: MessageCatalog;

  /**
   * A custom message trigger of yours, for all messages but those of a reset by an administrator.
   *
   * It is called within the same event and its answer is passed on as it is. It must answer within three seconds,
   * because Cognito waits for five. Give it here instead of in the `lambdaTriggers` of the user pool. Not together with
   * a `selfServiceTemplate` in the catalog, because it writes those messages.
   *
   * @default - messages that are not in the catalog are those of Cognito
   * @see https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-custom-message.html
   */
  readonly next?: IFunction;

  /**
   * The key that ClientMetadata is signed with.
   *
   * A symmetric HMAC_256 key of AWS KMS, by the ARN of the key and not of an alias.
   *
   * @default - a key of its own, which is retained when the stack is deleted
   * @see https://docs.aws.amazon.com/kms/latest/developerguide/hmac.html
   */
  readonly signingKey?: IKeyRef;

  /**
   * A key whose signatures are still accepted, while resets elsewhere go over to a new `signingKey`.
   *
   * AWS KMS does not rotate HMAC keys by itself.
   *
   * @default - only the signatures of the current key are accepted
   * @see https://docs.aws.amazon.com/kms/latest/developerguide/rotate-keys.html
   */
  readonly previousSigningKey?: IKeyRef;

  /**
   * Where the trigger writes its log: JSON lines without personal data.
   *
   * @see https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-loggroups.html
   * @default - a log group of its own, which is kept for two years and retained when the stack is deleted
   */
  readonly logGroup?: ILogGroup;
}

/**
 * The messages of password resets, in templates and languages: a custom message trigger that picks one.
 *
 * A reset picks by `template` and `locale` in its `clientMetadata`, and can put further values of it into the text. Only
 * an `AdminPasswordReset` with these `messages`, or with their key, can do so, because it signs ClientMetadata: the
 * ForgotPassword API, which anybody can call with any ClientMetadata, reaches the same trigger in the same way. Whoever
 * is not known by a signature gets the `selfServiceTemplate` of the catalog or Cognito's own message, and chooses its
 * language at most.
 *
 * On any doubt the message is Cognito's own, and the log says why: no reset fails because of its message.
 *
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-custom-message.html
 */
export class ResetMessages extends Construct {
  /** The user pool whose messages these are. */
  public readonly userPool: IUserPoolRef;

  /** The custom message trigger. */
  public readonly lambdaFunction: IFunction;

  /** The execution role of the trigger. */
  public readonly role: IRole;

  /** Where the trigger writes its log. */
  public readonly logGroup: ILogGroup;

  /** The ARN of the key that signs, for an `AdminPasswordReset` in another stage or app. */
  public readonly signingKeyArn: string;

  /**
   * `true` when the user pool takes `User` and `user` for the same name, else `false`.
   *
   * @internal
   */
  public readonly _caseInsensitive: string;

  public constructor(scope: Construct, id: string, props: ResetMessagesProps) {
    super(scope, id);
    const userPool = ownedUserPoolInStackOf(this, props.userPool);
    const catalog = props.catalog._catalog;
    if (props.next !== undefined && catalog.selfServiceTemplate !== undefined) {
      throw new Error(
        'next: got a function besides the selfServiceTemplate of the catalog, expected one of them: next writes the messages that users ask for themselves',
      );
    }
    this.node.addValidation({ validate: () => validateCustomMessageTrigger(userPool, props.next) });
    Aspects.of(this).add({ visit: (construct) => construct === this && this.addWarnings(userPool, props.catalog) });

    this.userPool = props.userPool;
    // At synth, as below, when the properties of the user pool are final.
    this._caseInsensitive = Lazy.string({ produce: () => `${isCaseInsensitive(userPool)}` });
    this.signingKeyArn = keyArnOf('signingKey', props.signingKey ?? createSigningKey(this));
    const previousSigningKeyArn = props.previousSigningKey && keyArnOf('previousSigningKey', props.previousSigningKey);
    this.role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    this.logGroup = props.logGroup ?? new LogGroup(this, 'LogGroup');

    // Nothing here may refer to the user pool, which refers to the function.
    const asset = writeAsset(catalog);
    this.lambdaFunction = createBundledFunction(this, {
      description: 'Writes the messages of password resets in a Cognito user pool',
      code: Code.fromAsset(asset),
      // More memory is a faster start, and Cognito waits for it.
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
        ...(props.next
          ? [new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [props.next.functionArn] })]
          : []),
      ],
      environment: {
        [RESET_ENVIRONMENT.signingKeyArn]: this.signingKeyArn,
        ...(previousSigningKeyArn && { [MESSAGES_ENVIRONMENT.previousSigningKeyArn]: previousSigningKeyArn }),
        [RESET_ENVIRONMENT.caseInsensitive]: this._caseInsensitive,
        // Cognito refuses an answer with email texts otherwise.
        [MESSAGES_ENVIRONMENT.customEmail]: Lazy.string({ produce: () => `${sendsThroughSes(userPool)}` }),
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
    // Not by the property: that would replace the other triggers of an L1 construct, and an L2 construct would replace it.
    userPool.addPropertyOverride('LambdaConfig.CustomMessage', this.lambdaFunction.functionArn);
  }

  private addWarnings(userPool: CfnUserPool, catalog: MessageCatalog): void {
    for (const warning of catalog._warnings) {
      Annotations.of(this).addWarningV2('cdk-cognito-password-reset:catalog', warning);
    }
    if (hasEmailMessages(catalog._catalog) && !sendsThroughSes(userPool)) {
      Annotations.of(this).addWarningV2(
        'cdk-cognito-password-reset:defaultEmailSender',
        "userPool: got a user pool that sends mail with Cognito's default sender, which takes no texts from a trigger: users get Cognito's own mails, and from the catalog only SMS; send through Amazon SES with UserPoolEmail.withSES",
      );
    }
  }
}

/** The messages of a user pool, if they are complete. */
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

/** The resource of a user pool that a trigger can be set on from here. */
function ownedUserPoolInStackOf(messages: ResetMessages, userPool: IUserPoolRef): CfnUserPool {
  const resource = ownedUserPoolOf(userPool);
  if (resource === undefined) {
    throw new Error(
      'userPool: got an imported user pool, expected one that this app creates, because the trigger is a property of the user pool: create ResetMessages where the pool is created, and give AdminPasswordReset its key there as signingKey',
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
      `userPool: got a user pool that has messages already (${other.node.path}), expected one without, because a user pool has one custom message trigger: put all templates in one catalog`,
    );
  }
  return resource;
}

/** At synth, when the triggers of the user pool are final. Raw overrides of the template are not looked into. */
function validateCustomMessageTrigger(userPool: CfnUserPool, next: IFunction | undefined): string[] {
  const { customMessage } = userPool.stack.resolve(userPool.lambdaConfig) ?? {};
  const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);
  return customMessage === undefined || same(customMessage, userPool.stack.resolve(next?.functionArn))
    ? []
    : [
        'userPool: got a user pool with a custom message trigger of its own, expected none, because a user pool has only one: take it out of the triggers of the user pool and give it to ResetMessages as next, which is called for all other messages',
      ];
}

/** What is not known before the deployment is taken for no. */
function sendsThroughSes(userPool: CfnUserPool): boolean {
  return userPool.stack.resolve(userPool.emailConfiguration)?.emailSendingAccount === 'DEVELOPER';
}

/** User pools tell upper from lower case unless they are told otherwise, those of CloudFormation at least. */
function isCaseInsensitive(userPool: CfnUserPool): boolean {
  return userPool.stack.resolve(userPool.usernameConfiguration)?.caseSensitive === false;
}

function hasEmailMessages(catalog: Catalog): boolean {
  const messages = Object.values(catalog.templates).flatMap((locales) => Object.values(locales));
  return messages.some(({ email }) => email !== undefined);
}

/** The bundle of the trigger with the catalog beside it. The CDK copies the folder and hashes what is in it. */
function writeAsset(catalog: Catalog): string {
  const folder = mkdtempSync(join(tmpdir(), 'cdk-cognito-password-reset-messages-'));
  cpSync(join(__dirname, '..', '..', 'assets', 'messages'), folder, { recursive: true });
  writeFileSync(join(folder, CATALOG_FILE), JSON.stringify(catalog));
  return folder;
}
