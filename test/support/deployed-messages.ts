import { randomBytes } from 'node:crypto';
import { CognitoIdentityProviderClient, ForgotPasswordCommand } from '@aws-sdk/client-cognito-identity-provider';
import { DynamoDBClient, ScanCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { GenerateMacCommand, KMSClient } from '@aws-sdk/client-kms';
import { CfnOutput, type Stack } from 'aws-cdk-lib';
import { AccountRecovery, UserPool, UserPoolEmail, type UserPoolProps } from 'aws-cdk-lib/aws-cognito';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import type { Message, SandboxOptions } from 'cloud-assembly-sandbox';
import {
  foldName,
  formOf,
  MAC_ALGORITHM,
  messageToSign,
  type Token,
  writeToken,
} from '../../lambda/shared/signing/token';
import {
  AdminPasswordReset,
  type AdminPasswordResetProps,
  type InlineMessageCatalogProps,
  MessageCatalog,
  ResetMessages,
} from '../../lib';
import { RESERVED_METADATA_KEY } from '../../lib/contract/reset';
import { type Answer, type Deployment, deploy, PASSWORD } from './deployment';

/** A catalog in which each text names its template and locale. */
export const CATALOG: InlineMessageCatalogProps = {
  defaultLocale: 'en',
  defaultTemplate: 'plain',
  selfServiceTemplate: 'self',
  attributes: { given_name: 20 },
  metadata: { ticket: 30 },
  templates: {
    plain: { en: texts('plain en') },
    breach: { en: texts('breach en'), de: texts('breach de'), pt: texts('breach pt'), 'pt-BR': texts('breach pt-BR') },
    ticket: { en: texts('ticket {{metadata.ticket}}') },
    link: {
      en: {
        emailSubject: 'link',
        emailHtml: '<a href="https://example.com/?u={{username}}&t={{metadata.ticket}}&c={{code}}">{{username}}</a>',
      },
    },
    greeting: { en: texts('hello {{attribute.given_name}}') },
    self: { en: texts('self en'), de: texts('self de') },
  },
};

function texts(text: string) {
  return { emailSubject: text, emailHtml: `<p>${text}: {{code}}</p>`, sms: `${text}: {{code}}` };
}

export interface DeployedMessagesOptions {
  readonly catalog?: Partial<InlineMessageCatalogProps>;
  readonly userPool?: UserPoolProps;
  readonly singleUse?: boolean;
  readonly reset?: Partial<AdminPasswordResetProps>;
  /** The source of a `next` function. */
  readonly next?: string;
  readonly sandbox?: Partial<SandboxOptions>;
}

/** A user pool with ResetMessages and AdminPasswordReset, synthesized and running in the sandbox. */
export class DeployedMessages {
  static async start({ sandbox, ...options }: DeployedMessagesOptions = {}): Promise<DeployedMessages> {
    const deployment = await deploy({ messages: options }, (stack) => define(stack, options), sandbox);
    return new DeployedMessages(deployment);
  }

  readonly userPoolId: string;
  readonly #clientId: string;
  readonly #keyArn: string;
  readonly #cognito: CognitoIdentityProviderClient;
  readonly #kms: KMSClient;
  readonly #dynamodb: DynamoDBClient;

  private constructor(private readonly deployment: Deployment) {
    const { outputs } = deployment.sandbox.assembly;
    this.userPoolId = outputs.UserPoolId ?? '';
    this.#clientId = outputs.ClientId ?? '';
    this.#keyArn = outputs.KeyArn ?? '';
    const config = {
      endpoint: this.sandbox.endpoint,
      region: 'us-east-1',
      credentials: { accessKeyId: 'developer', secretAccessKey: 'developer' },
    };
    this.#cognito = new CognitoIdentityProviderClient(config);
    this.#kms = new KMSClient(config);
    this.#dynamodb = new DynamoDBClient(config);
  }

  get sandbox() {
    return this.deployment.sandbox;
  }

  get output(): string[] {
    return this.deployment.output;
  }

  /** The last message that was sent, with its code replaced by CODE. */
  get lastMessage(): Message | undefined {
    const message = this.sandbox.messages.at(-1);
    return message && { ...message, body: message.body.replace(/(?<!&#)\b\d{6}\b/, 'CODE') };
  }

  /** The reasons in the log why the trigger did not use the requested template. */
  get reasons(): unknown[] {
    return this.deployment.logged.map(({ reason }) => reason).filter((reason) => reason !== undefined);
  }

  get logged(): Record<string, unknown>[] {
    return this.deployment.logged;
  }

  /** Adds a confirmed user with a verified email address, unless other attributes are given. */
  addUser(username: string, attributes: Record<string, string> = {}): Promise<string> {
    return this.sandbox.cognito.addUser({
      userPoolId: this.userPoolId,
      username,
      password: PASSWORD,
      attributes: { email: `${username}@example.com`, email_verified: 'true', ...attributes },
    });
  }

  /** Invokes the reset function for a user. */
  async reset(username: string, clientMetadata?: Record<string, string>, idempotencyKey?: string): Promise<Answer> {
    const { lambda, assembly } = this.sandbox;
    const request = { username, clientMetadata, idempotencyKey };
    const { payload } = await lambda.invoke(assembly.outputs.FunctionName ?? '', request);
    return payload as Answer;
  }

  /** Calls ForgotPassword, as anyone who knows the app client id can. */
  async forgotPassword(username: string, clientMetadata?: Record<string, string>): Promise<void> {
    await this.#cognito.send(
      new ForgotPasswordCommand({ ClientId: this.#clientId, Username: username, ClientMetadata: clientMetadata }),
    );
  }

  /** Metadata with a valid signature, as the reset function creates it. */
  async signed(
    username: string,
    metadata: Record<string, string>,
    options: { userPoolId?: string; age?: number } = {},
  ): Promise<Record<string, string>> {
    const token: Token = {
      time: Date.now() - (options.age ?? 0),
      nonce: randomBytes(16).toString('base64url'),
      form: formOf(username),
      folded: false,
    };
    const { Mac = new Uint8Array() } = await this.#kms.send(
      new GenerateMacCommand({
        KeyId: this.#keyArn,
        MacAlgorithm: MAC_ALGORITHM,
        Message: messageToSign(options.userPoolId ?? this.userPoolId, token, foldName(username, false), metadata),
      }),
    );
    return { ...metadata, [RESERVED_METADATA_KEY]: writeToken(token, Mac) };
  }

  /** With `singleUse`: moves every use of a signature into the past, by so many milliseconds. */
  async moveUses(milliseconds: number): Promise<void> {
    const TableName = this.sandbox.assembly.tables[0]?.tableName;
    const { Items = [] } = await this.#dynamodb.send(new ScanCommand({ TableName }));
    for (const { signature, usedAt } of Items) {
      await this.#dynamodb.send(
        new UpdateItemCommand({
          TableName,
          Key: { signature: signature ?? { S: '' } },
          UpdateExpression: 'SET usedAt = :at',
          ExpressionAttributeValues: { ':at': { N: `${Number(usedAt?.N) - milliseconds}` } },
        }),
      );
    }
  }

  stop(): Promise<void> {
    this.#cognito.destroy();
    this.#dynamodb.destroy();
    this.#kms.destroy();
    return this.deployment.stop();
  }
}

function define(
  stack: Stack,
  { catalog, userPool: poolProps, singleUse, reset: resetProps, next }: DeployedMessagesOptions,
): void {
  const userPool = new UserPool(stack, 'Pool', {
    signInAliases: { username: true, email: true, phone: true },
    email: UserPoolEmail.withSES({ fromEmail: 'no-reply@example.com', sesRegion: 'us-east-1' }),
    accountRecovery: AccountRecovery.EMAIL_AND_PHONE_WITHOUT_MFA,
    ...poolProps,
  });
  const client = userPool.addClient('Client', { disableOAuth: true });
  const messages = new ResetMessages(stack, 'Messages', {
    userPool,
    catalog: MessageCatalog.fromInline({ ...CATALOG, ...catalog }),
    singleUse,
    next:
      next === undefined
        ? undefined
        : new LambdaFunction(stack, 'Next', {
            runtime: Runtime.NODEJS_24_X,
            handler: 'index.handler',
            code: Code.fromInline(next),
          }),
  });
  const reset = new AdminPasswordReset(stack, 'Reset', { userPool, messages, ...resetProps });
  new CfnOutput(stack, 'UserPoolId', { value: userPool.userPoolId });
  new CfnOutput(stack, 'ClientId', { value: client.userPoolClientId });
  new CfnOutput(stack, 'FunctionName', { value: reset.lambdaFunction.functionName });
  new CfnOutput(stack, 'KeyArn', { value: messages.signingKeyArn });
}
