import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Annotations, Aspects, Duration, Lazy, RemovalPolicy, Stack } from 'aws-cdk-lib';
import type { Metric, MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import type { CfnUserPool, IUserPoolRef } from 'aws-cdk-lib/aws-cognito';
import { AttributeType, type ITable, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { type IRole, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKeyRef } from 'aws-cdk-lib/aws-kms';
import { Code, type IFunction } from 'aws-cdk-lib/aws-lambda';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import { DISABLE_ASSET_STAGING_CONTEXT } from 'aws-cdk-lib/cx-api';
import { Construct, type IConstruct } from 'constructs';
import {
  CATALOG_FILE,
  type Catalog,
  MESSAGES_ENVIRONMENT,
  MESSAGES_METRICS,
  USED_SIGNATURES_TABLE,
} from '../contract/messages';
import { RESET_ENVIRONMENT } from '../contract/reset';
import type { BundledFunctionOptions } from '../function/bundled-function-options';
import { acknowledgeRules } from '../private/acknowledge-rules';
import { assetFolder } from '../private/asset-folder';
import { createBundledFunction } from '../private/bundled-function';
import { dependencyPath } from '../private/dependency-path';
import { functionMetric } from '../private/function-metric';
import { FUNCTION_OPTION_TYPES, functionOptionsOf } from '../private/function-options';
import { logStatement } from '../private/log-statement';
import { createSigningKey, keyArnOf } from '../private/signing-key';
import {
  DECIDED_AT_DEPLOYMENT,
  isIntrinsic,
  templatePropertiesOf,
  templatePropertyOf,
} from '../private/template-properties';
import { ownedUserPoolOf, userPoolArnOf } from '../private/user-pool-ref';
import { type PropertyTypes, TYPES, validateProps } from '../private/validate-props';
import { mostSmsParts } from './catalog/text';
import { AttachedTrigger, explainByHand, requiredForImported, validatePlaceOf } from './imported-user-pool';
import type { MessageCatalog } from './message-catalog';

/**
 * Properties of {@link ResetMessages}.
 */
export interface ResetMessagesProps extends BundledFunctionOptions {
  /**
   * The user pool that sends the messages.
   *
   * Either it is created in this stack, as an L2 or L1 construct, or it is imported: then its trigger is set by hand or with
   * `attach`. It must have no other custom message trigger, except for `next`. Other triggers are kept. With a custom email
   * sender or a custom SMS sender, Cognito does not send these messages, and a warning says so unless it is imported.
   */
  readonly userPool: IUserPoolRef;

  /**
   * Whether a custom resource sets the trigger of an imported user pool. It reads the user pool and writes it back with this
   * one change, and takes the trigger away when it is deleted.
   *
   * Other callers that write the user pool, such as the stack that creates it, remove the trigger: name it there too.
   *
   * @default false - a warning says how to set it by hand
   * @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UpdateUserPool.html
   */
  readonly attach?: boolean;

  /**
   * Whether an imported user pool sends its email messages through Amazon SES. Custom email messages require it.
   *
   * @default - required for an imported user pool, and read from a user pool that this app creates
   * @see https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-email.html
   */
  readonly sendsThroughSes?: boolean;

  /**
   * Whether the user names of an imported user pool are case-sensitive, which is the default of Cognito.
   *
   * @default - required for an imported user pool, and read from a user pool that this app creates
   * @see https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-case-sensitivity.html
   */
  readonly caseSensitive?: boolean;

  /**
   * The role of the user pool's SMS configuration, for `attach`. A caller that writes a user pool with one must pass its
   * role.
   *
   * @default - a user pool with an SMS role is not written
   * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html
   */
  readonly smsRole?: IRole;

  /** The templates of the messages. */
  readonly catalog: MessageCatalog;

  /**
   * Your own custom message trigger, for all messages except those of a reset by an administrator.
   *
   * It is invoked during the same event, and its response is returned to Cognito unchanged. It must respond within
   * three seconds, because Cognito waits for five. Pass it here instead of in the `lambdaTriggers` of the user pool. A
   * `selfServiceTemplate` in the catalog is not supported together with `next`, because `next` writes those messages.
   *
   * It must not depend on the user pool, by a grant or an environment variable for example, because the user pool
   * depends on it. Its event has `userPoolId` and `callerContext.clientId`. Grant permission with a policy of its own:
   * `new Policy(this, 'NextPolicy', { roles: [next.role], statements })`.
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
}

/**
 * Why the trigger did not verify a signature of ClientMetadata.
 */
export enum UnverifiedSignatureReason {
  /** What should be a signature cannot be read as one. */
  MALFORMED_TOKEN = 'MalformedToken',
  /** The signature is more than five minutes old. */
  TOKEN_TOO_OLD = 'TokenTooOld',
  /** The signature was created more than 30 seconds in the future: clocks differ. */
  TOKEN_FROM_THE_FUTURE = 'TokenFromTheFuture',
  /** ClientMetadata is not well-formed Unicode. */
  MALFORMED_METADATA = 'MalformedMetadata',
  /** The signature is for a kind of name, such as an email address, that the user does not have or has not verified. */
  NO_NAME_OF_THIS_FORM = 'NoNameOfThisForm',
  /** The signature is forged, or it is for another user, other ClientMetadata, another user pool or by another key. */
  INVALID_MAC = 'InvalidMac',
  /** The signature was used before, with `singleUse`. */
  SIGNATURE_USED = 'SignatureUsed',
  /** The signing key, or the table of `singleUse`, could not be used. */
  UNVERIFIABLE = 'Unverifiable',
}

/**
 * Options of `ResetMessages.metricUnverifiedSignatures`.
 */
export interface UnverifiedSignatureMetricOptions extends MetricOptions {
  /**
   * Count only the signatures that were not verified for this reason.
   *
   * @default - all reasons are counted
   */
  readonly reason?: UnverifiedSignatureReason;
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
 *
 * @example
 * const catalog = MessageCatalog.fromDirectory('messages');
 * const messages = new ResetMessages(this, 'Messages', { userPool, catalog });
 * new AdminPasswordReset(this, 'Reset', { userPool, messages });
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

  /**
   * The execution role of the function that attaches the trigger; undefined without `attach`.
   *
   * Statements can be added to it, for a user pool that needs more than the documented permissions.
   */
  public readonly attachRole?: IRole;

  /** The ARN of the signing key, for an `AdminPasswordReset` in another stage or app. */
  public readonly signingKeyArn: string;

  /**
   * `true` when the user names of the user pool are case-insensitive, else `false`.
   *
   * @internal
   */
  public readonly _caseInsensitive: string;

  /**
   * `true` when the user pool sends its email messages through Amazon SES, else `false`.
   *
   * @internal
   */
  public readonly _sendsThroughSes: string;

  /**
   * The most parts that an SMS message of the catalog can have.
   *
   * @internal
   */
  public readonly _smsParts: number;

  public constructor(scope: Construct, id: string, props: ResetMessagesProps) {
    super(scope, id);
    validateProps(this, ResetMessages, props, PROPERTIES);
    const userPool = ownedUserPoolInStackOf(this, props.userPool);
    const settings = userPool ? settingsOfOwned(userPool, props) : settingsOfImported(this, props);
    const catalog = props.catalog._catalog;
    if (props.next !== undefined && catalog.selfServiceTemplate !== undefined) {
      throw new Error(
        'next: got a function although the catalog has a selfServiceTemplate, expected only one of them: next writes the messages that users request themselves',
      );
    }

    this.userPool = props.userPool;
    this._smsParts = mostSmsPartsOf(catalog);
    // Lazy, as below, because the properties of the user pool are final only at synth.
    this._caseInsensitive = Lazy.string({ produce: () => `${!settings.caseSensitive()}` });
    this._sendsThroughSes = Lazy.string({ produce: () => `${settings.sendsThroughSes()}` });
    this.signingKeyArn = keyArnOf(this, 'signingKey', props.signingKey ?? createSigningKey(this));
    const previousSigningKeyArn =
      props.previousSigningKey && keyArnOf(this, 'previousSigningKey', props.previousSigningKey);
    this.usedSignaturesTable = props.singleUse ? createUsedSignaturesTable(this) : undefined;
    this.role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    const functionOptions = functionOptionsOf(this, props);
    this.logGroup = functionOptions.logGroup;

    // The function must not refer to the user pool, because the user pool refers to the function.
    const asset = writeAsset(catalog);
    this.lambdaFunction = createBundledFunction(this, functionOptions, {
      description: 'Writes the messages of password resets in a Cognito user pool',
      code: Code.fromAsset(asset),
      // Cognito waits for the trigger, and a cold start is faster with more memory.
      memorySize: 512,
      timeout: Duration.seconds(5),
      role: this.role,
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
        [MESSAGES_ENVIRONMENT.customEmail]: this._sendsThroughSes,
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
      sourceArn: userPool ? userPool.attrArn : userPoolArnOf(props.userPool),
    });
    if (userPool === undefined) {
      this.node.addValidation({ validate: () => this.addCatalogWarnings(props.catalog, settings) });
      const trigger = {
        userPool: props.userPool,
        trigger: this.lambdaFunction,
        next: props.next,
        smsRole: props.smsRole,
        sendsThroughSes: settings.sendsThroughSes(),
        caseSensitive: settings.caseSensitive(),
        functionOptions,
      };
      if (props.attach) this.attachRole = new AttachedTrigger(this, 'Attach', trigger).role;
      else explainByHand(this, trigger);
      return;
    }
    Aspects.of(this).add({ visit: (construct) => construct === this && validateNoCycle(this, userPool, props.next) });
    const overriddenTrigger = overriddenCustomMessage(userPool);
    // An override, because setting lambdaConfig would remove the other triggers of an L1 construct, and an L2 construct
    // would overwrite it.
    userPool.addPropertyOverride('LambdaConfig.CustomMessage', this.lambdaFunction.functionArn);
    this.node.addValidation({
      validate: () => {
        // Here, and not in an aspect: the aspects of the app may change the user pool.
        this.addCatalogWarnings(props.catalog, settings);
        this.addUserPoolWarnings(userPool);
        return this.validateTrigger(userPool, props.next, overriddenTrigger);
      },
    });
  }

  /**
   * The number of signatures of ClientMetadata that were not verified, in total or for one reason.
   *
   * By default, the sum over 5 minutes. The total is a separate metric, because CloudWatch does not aggregate custom
   * metrics across dimensions. There is no data while nothing is counted. Requests without a signature are not counted.
   * Anybody who knows an app client id can send what is counted, and Cognito can invoke the trigger up to three times for
   * one request, so that each invocation counts.
   *
   * @param props options of the metric
   * @see https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-working-with-lambda-triggers.html
   */
  public metricUnverifiedSignatures(props: UnverifiedSignatureMetricOptions = {}): Metric {
    const { reason, ...options } = props;
    const dimensions: Record<string, string> = reason ? { [MESSAGES_METRICS.reasonDimension]: reason } : {};
    return functionMetric(this, this.lambdaFunction, MESSAGES_METRICS.unverifiedSignatures, dimensions, options);
  }

  /** Returns no errors. */
  private addCatalogWarnings(catalog: MessageCatalog, settings: UserPoolSettings): string[] {
    for (const warning of catalog._warnings) {
      Annotations.of(this).addWarningV2('cdk-cognito-password-reset:catalog', warning);
    }
    const channels = channelsOf(catalog._catalog);
    if (channels.email && settings.hasCustomSender('CustomEmailSender')) {
      this.addCustomSenderWarning('customEmailSender', 'email');
    } else if (channels.email && !settings.sendsThroughSes()) {
      const sender = settings.isSenderUnknown()
        ? "a user pool whose EmailSendingAccount is decided at deployment, and is taken for Cognito's default sender"
        : "a user pool that sends email with Cognito's default sender";
      Annotations.of(this).addWarningV2(
        'cdk-cognito-password-reset:defaultEmailSender',
        `userPool: got ${sender}, which does not support custom email messages: users get Cognito's own email messages, and only SMS messages come from the catalog; send through Amazon SES with UserPoolEmail.withSES`,
      );
    }
    if (channels.sms && settings.hasCustomSender('CustomSMSSender')) {
      this.addCustomSenderWarning('customSmsSender', 'SMS');
    }
    return [];
  }

  /** @see https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-custom-sender-triggers.html */
  private addCustomSenderWarning(trigger: 'customEmailSender' | 'customSmsSender', kind: 'email' | 'SMS'): void {
    Annotations.of(this).addWarningV2(
      `cdk-cognito-password-reset:${trigger}`,
      `userPool: got a user pool with a custom ${kind} sender (${trigger}), which Cognito invokes instead of sending: Cognito does not send the ${kind} messages of the catalog; the sender must decrypt the code with the AWS Encryption SDK and send it in a text of its own, because its event contains none, and must not trust ClientMetadata; or remove the sender from the user pool`,
    );
  }

  private addUserPoolWarnings(userPool: CfnUserPool): void {
    if (caseSensitiveOf(userPool) === DECIDED_AT_DEPLOYMENT) {
      Annotations.of(this).addWarningV2(
        'cdk-cognito-password-reset:unknownCaseSensitivity',
        'userPool: got a user pool whose CaseSensitive is decided at deployment, and is taken for case-sensitive: name users exactly as the user pool does, or set CaseSensitive to true or false',
      );
    }
  }

  private validateTrigger(userPool: CfnUserPool, next: IFunction | undefined, overridden: unknown): string[] {
    const { stack } = userPool;
    const property = stack.resolve(userPool.lambdaConfig);
    const { LambdaConfig } = templatePropertiesOf(userPool);
    const same = (a: unknown, b: unknown) => JSON.stringify(stack.resolve(a)) === JSON.stringify(stack.resolve(b));
    if (isIntrinsic(property) || isIntrinsic(LambdaConfig)) {
      return [
        'userPool: got a user pool whose LambdaConfig is decided at deployment, expected its triggers one by one, because the custom message trigger cannot be added to an intrinsic function: use the condition for each trigger instead',
      ];
    }
    if ([property?.customMessage, overridden].some((own) => own !== undefined && !same(own, next?.functionArn))) {
      return [
        'userPool: got a user pool with a custom message trigger of its own, expected none, because a user pool has only one: remove it from the triggers of the user pool and pass it to ResetMessages as next, which is called for all other messages',
      ];
    }
    if (!same(LambdaConfig?.CustomMessage, this.lambdaFunction.functionArn)) {
      return [
        'userPool: got an override of LambdaConfig that replaces the custom message trigger of ResetMessages, expected none: remove the override, override other triggers by their names, such as LambdaConfig.PreSignUp, and pass a custom message trigger of your own to ResetMessages as next',
      ];
    }
    return [];
  }
}

const PROPERTIES: PropertyTypes<ResetMessagesProps> = {
  required: {
    userPool: TYPES.userPool,
    catalog: TYPES.catalog,
  },
  optional: {
    attach: TYPES.boolean,
    sendsThroughSes: TYPES.boolean,
    caseSensitive: TYPES.boolean,
    smsRole: TYPES.role,
    next: TYPES.lambdaFunction,
    signingKey: TYPES.keyRef,
    previousSigningKey: TYPES.keyRef,
    singleUse: TYPES.boolean,
    ...FUNCTION_OPTION_TYPES,
  },
};

/** The ResetMessages of a user pool, if there is one whose constructor has finished. */
export function resetMessagesOf(userPool: CfnUserPool): ResetMessages | undefined {
  return userPool.stack.node
    .findAll()
    .find(
      (construct): construct is ResetMessages =>
        isResetMessages(construct) && ownedUserPoolOf(construct.userPool) === userPool,
    );
}

/** By its shape, because another copy of this package has another class. */
function isResetMessages(construct: IConstruct): construct is ResetMessages {
  const { userPool, _caseInsensitive } = construct as Partial<ResetMessages>;
  return userPool !== undefined && _caseInsensitive !== undefined;
}

/** What must be known of a user pool. It is final only at synth. */
interface UserPoolSettings {
  sendsThroughSes(): boolean;
  caseSensitive(): boolean;
  /** Whether the sender of email messages is decided at deployment. */
  isSenderUnknown(): boolean;
  hasCustomSender(trigger: 'CustomEmailSender' | 'CustomSMSSender'): boolean;
}

function settingsOfOwned(userPool: CfnUserPool, props: ResetMessagesProps): UserPoolSettings {
  const onlyForImported = (['attach', 'sendsThroughSes', 'caseSensitive', 'smsRole'] as const).find(
    (name) => props[name] !== undefined,
  );
  if (onlyForImported !== undefined) {
    throw new Error(
      `${onlyForImported}: got a value with a user pool that this app creates, expected none, because it is for imported user pools: leave it out`,
    );
  }
  return {
    sendsThroughSes: () => sendsThroughSes(userPool),
    caseSensitive: () => !isCaseInsensitive(userPool),
    isSenderUnknown: () => emailSendingAccountOf(userPool) === DECIDED_AT_DEPLOYMENT,
    hasCustomSender: (trigger) => templatePropertyOf(userPool, 'LambdaConfig', trigger) !== undefined,
  };
}

function settingsOfImported(messages: ResetMessages, props: ResetMessagesProps): UserPoolSettings {
  validatePlaceOf(props.userPool, Stack.of(messages));
  const ses = requiredForImported(
    'sendsThroughSes',
    props.sendsThroughSes,
    'UserPool.EmailConfiguration.EmailSendingAccount (true for DEVELOPER)',
  );
  const caseSensitive = requiredForImported(
    'caseSensitive',
    props.caseSensitive,
    'UserPool.UsernameConfiguration.CaseSensitive (false for false, else true)',
  );
  if (props.smsRole !== undefined && !props.attach) {
    throw new Error('smsRole: got a role without attach: true, expected both, because it is for attach only');
  }
  return {
    sendsThroughSes: () => ses,
    caseSensitive: () => caseSensitive,
    isSenderUnknown: () => false,
    // A custom sender of an imported user pool is not known.
    hasCustomSender: () => false,
  };
}

/** The owned user pool, validated: it must be in the stack of the messages and must not have other ResetMessages. */
function ownedUserPoolInStackOf(messages: ResetMessages, userPool: IUserPoolRef): CfnUserPool | undefined {
  const resource = ownedUserPoolOf(userPool);
  if (resource === undefined) return undefined;
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
  acknowledgeRules(table, {
    id: 'AwsSolutions-DDB3',
    reason: 'Records expire after an hour, and nobody asks for one after five minutes: there is nothing to restore.',
  });
  return table;
}

/** Runs before the CDK looks for cycles between stacks, whose error names no way out. */
function validateNoCycle(messages: ResetMessages, userPool: CfnUserPool, next: IFunction | undefined): void {
  const path = next && dependencyPath(next.functionArn, next, userPool);
  if (path !== undefined) {
    const names = path.map(({ node }) => node.path.replace(/\/Resource$/, ''));
    throw new Error(
      `[${messages.node.path}] next: got a function that depends on the user pool (${names.join(' → ')}), expected one that does not, because the user pool depends on its trigger, and CloudFormation could create neither: instead of environment variables, use userPoolId and callerContext.clientId of the event; instead of a grant, which the function waits for, use a policy of its own, new Policy(Stack.of(pool), 'NextPolicy', { roles: [next.role!], statements: [new PolicyStatement({ actions: […], resources: [pool.userPoolArn] })] })`,
    );
  }
}

/**
 * The custom message trigger that an override has set, as Amplify does. The override of ResetMessages replaces it, and
 * the CDK has no other way to read it.
 */
function overriddenCustomMessage(userPool: CfnUserPool): unknown {
  const { rawOverrides } = userPool as unknown as {
    rawOverrides?: { Properties?: { LambdaConfig?: { CustomMessage?: unknown } } };
  };
  return rawOverrides?.Properties?.LambdaConfig?.CustomMessage;
}

function emailSendingAccountOf(userPool: CfnUserPool): unknown {
  return templatePropertyOf(userPool, 'EmailConfiguration', 'EmailSendingAccount');
}

/** False if it is decided at deployment. */
function sendsThroughSes(userPool: CfnUserPool): boolean {
  return emailSendingAccountOf(userPool) === 'DEVELOPER';
}

function caseSensitiveOf(userPool: CfnUserPool): unknown {
  return templatePropertyOf(userPool, 'UsernameConfiguration', 'CaseSensitive');
}

/** User pools that CloudFormation creates are case-sensitive by default. CloudFormation reads `'false'` as `false`. */
function isCaseInsensitive(userPool: CfnUserPool): boolean {
  return String(caseSensitiveOf(userPool)) === 'false';
}

/** The kinds of message that the catalog has. */
function channelsOf(catalog: Catalog): { readonly email: boolean; readonly sms: boolean } {
  const messages = Object.values(catalog.templates).flatMap((locales) => Object.values(locales));
  return {
    email: messages.some(({ email }) => email !== undefined),
    sms: messages.some(({ sms }) => sms !== undefined),
  };
}

/** The parts of the SMS message with the most; 1 if there is none. */
function mostSmsPartsOf(catalog: Catalog): number {
  const messages = Object.values(catalog.templates).flatMap((locales) => Object.values(locales));
  return Math.max(1, ...messages.map(({ sms = [] }) => mostSmsParts(sms, catalog)));
}

/** Writes the bundle of the trigger and the catalog into a folder, which the CDK copies and hashes. */
function writeAsset(catalog: Catalog): string {
  const folder = mkdtempSync(join(tmpdir(), 'cdk-cognito-password-reset-messages-'));
  cpSync(assetFolder('messages'), folder, { recursive: true });
  writeFileSync(join(folder, CATALOG_FILE), JSON.stringify(catalog));
  return folder;
}
