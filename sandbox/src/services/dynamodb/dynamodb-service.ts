import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Json, type Service, ServiceError, type TableDefinition } from '../../model';
import { PartitionThroughput, type PartitionThroughputOptions } from './partition-throughput';

// The package ships no types.
const dynalite: (options: Record<string, number>) => Server = require('dynalite');

const WRITES = ['BatchWriteItem', 'DeleteItem', 'PutItem', 'UpdateItem'];

/** Amazon DynamoDB, served by dynalite: the tables of the cloud assembly, in memory. Time to live does not delete items. */
export class DynamoDbService implements Service {
  static async start(
    tables: readonly TableDefinition[],
    throughput: PartitionThroughputOptions = {},
  ): Promise<DynamoDbService> {
    const server = dynalite({ createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const service = new DynamoDbService(tables, server, new PartitionThroughput(throughput));
    for (const table of tables) await service.#create(table);
    return service;
  }

  readonly prefix = 'dynamodb';
  readonly #tables: readonly TableDefinition[];
  readonly #server: Server;
  readonly #endpoint: string;
  readonly #throughput: PartitionThroughput;
  #lastWrite: Promise<unknown> = Promise.resolve();

  private constructor(tables: readonly TableDefinition[], server: Server, throughput: PartitionThroughput) {
    this.#tables = tables;
    this.#throughput = throughput;
    this.#server = server;
    this.#endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  /** The ARN of the table or of the index. For a call with several tables, the ARN of the first one. */
  resource(_operation: string, input: Json): string {
    const items = (input.RequestItems ?? {}) as Json;
    const name = input.TableName ?? Object.keys(items)[0];
    if (name === undefined) return '*';
    const { tableArn } = this.#table(name);
    return input.IndexName ? `${tableArn}/index/${input.IndexName}` : tableArn;
  }

  /**
   * Carries out an operation. Writes run one at a time: when a condition fails, the sandbox reads the item for the error,
   * because dynalite leaves it out, and no other write may change the item in between.
   */
  async call(operation: string, input: Json): Promise<Json> {
    validateExpressions(input);
    if (operation === 'BatchGetItem') return this.#readBatch(input);
    if (operation === 'PutItem' || operation === 'UpdateItem')
      this.#throughput.countWrite(
        input.TableName,
        ((input.Key ?? input.Item) as Json)[this.#partitionKeyOf(input.TableName)],
      );
    if (!WRITES.includes(operation)) return this.#send(operation, input);
    const write = () => this.#write(operation, input);
    const done = this.#lastWrite.then(write, write);
    this.#lastWrite = done;
    return done;
  }

  /** Writes that have begun are carried out first: dynalite would throw an error that nobody can catch. */
  async stop(): Promise<void> {
    await this.#lastWrite.catch(() => {});
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }

  async #readBatch(input: Json): Promise<Json> {
    const { wanted, unprocessed } = this.#throughput.divideBatch(input, (table) => this.#partitionKeyOf(table));
    const output = await this.#send('BatchGetItem', { ...input, RequestItems: wanted });
    return { ...output, UnprocessedKeys: { ...(output.UnprocessedKeys as Json), ...unprocessed } };
  }

  async #write(operation: string, input: Json): Promise<Json> {
    try {
      return await this.#send(operation, input);
    } catch (error) {
      const wanted = input.ReturnValuesOnConditionCheckFailure === 'ALL_OLD';
      if (!wanted || !(error instanceof ServiceError) || error.name !== 'ConditionalCheckFailedException') throw error;
      const { Item } = await this.#send('GetItem', {
        TableName: input.TableName,
        Key: this.#keyOf(input),
        ConsistentRead: true,
      });
      throw new ServiceError(error.name, error.message, { fields: Item ? { Item } : {} });
    }
  }

  /** The key of the item that is written: `Key` in an update or deletion, part of `Item` in a put. */
  #keyOf({ TableName, Key, Item }: Json): unknown {
    if (Key) return Key;
    const schema = this.#table(TableName).properties.KeySchema as { AttributeName: string }[];
    return Object.fromEntries(schema.map(({ AttributeName }) => [AttributeName, (Item as Json)[AttributeName]]));
  }

  #partitionKeyOf(table: unknown): string {
    const schema = this.#table(table).properties.KeySchema as { AttributeName: string; KeyType: string }[];
    return schema.find(({ KeyType }) => KeyType === 'HASH')?.AttributeName ?? '';
  }

  #table(name: unknown): TableDefinition {
    const table = this.#tables.find(({ tableName }) => tableName === name);
    if (table) return table;
    throw new ServiceError('ResourceNotFoundException', 'Requested resource not found');
  }

  /** Throughput is not simulated, so every table is created with on-demand capacity. */
  async #create({ tableName: TableName, properties }: TableDefinition): Promise<void> {
    await this.#send('CreateTable', {
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: properties.KeySchema,
      AttributeDefinitions: properties.AttributeDefinitions,
      GlobalSecondaryIndexes: indexes(properties.GlobalSecondaryIndexes),
      LocalSecondaryIndexes: indexes(properties.LocalSecondaryIndexes),
    });
    const status = async () => ((await this.#send('DescribeTable', { TableName })).Table as Json).TableStatus;
    while ((await status()) !== 'ACTIVE');
  }

  async #send(operation: string, input: Json): Promise<Json> {
    const response = await fetch(this.#endpoint, {
      method: 'POST',
      headers: {
        'Content-Type': 'application/x-amz-json-1.0',
        'X-Amz-Target': `DynamoDB_20120810.${operation}`,
        // dynalite requires a signature but does not verify it.
        'X-Amz-Date': '20260101T000000Z',
        Authorization: 'AWS4-HMAC-SHA256 Credential=sandbox, SignedHeaders=host, Signature=sandbox',
      },
      body: JSON.stringify(input),
    });
    const output = (await response.json()) as Json;
    if (response.ok) return output;
    const { __type, message, Message, ...fields } = output;
    const name = String(__type).replace(/^.*#/, '');
    throw new ServiceError(name, String(message ?? Message ?? ''), { status: response.status, fields });
  }
}

/** The longest expression, in bytes. dynalite accepts longer ones. */
const MAX_EXPRESSION_BYTES = 4096;

/** @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html */
function validateExpressions(input: Json): void {
  for (const [name, value] of Object.entries(input)) {
    if (!name.endsWith('Expression') || Buffer.byteLength(String(value)) <= MAX_EXPRESSION_BYTES) continue;
    throw new ServiceError(
      'ValidationException',
      `Invalid ${name}: Expression size has exceeded the maximum allowed size`,
    );
  }
}

function indexes(definitions: unknown): Json[] | undefined {
  return (definitions as Json[] | undefined)?.map(({ IndexName, KeySchema, Projection }) => ({
    IndexName,
    KeySchema,
    Projection,
  }));
}
