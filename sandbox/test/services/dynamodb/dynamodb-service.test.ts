import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  DeleteItemCommand,
  DescribeTableCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { Faults } from '../../../src/gateway/faults';
import { Gateway } from '../../../src/gateway/gateway';
import type { TableDefinition } from '../../../src/model';
import { DynamoDbService } from '../../../src/services/dynamodb/dynamodb-service';

const arn = (name: string) => `arn:aws:dynamodb:eu-central-1:111122223333:table/${name}`;

const idempotency: TableDefinition = {
  tableName: 'idempotency',
  tableArn: arn('idempotency'),
  properties: {
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    BillingMode: 'PAY_PER_REQUEST',
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
    TimeToLiveSpecification: { AttributeName: 'expiration', Enabled: true },
  },
};

const ledger: TableDefinition = {
  tableName: 'ledger',
  tableArn: arn('ledger'),
  properties: {
    AttributeDefinitions: [
      { AttributeName: 'campaign', AttributeType: 'S' },
      { AttributeName: 'sub', AttributeType: 'S' },
      { AttributeName: 'state', AttributeType: 'S' },
    ],
    GlobalSecondaryIndexes: [
      {
        IndexName: 'by-state',
        KeySchema: [{ AttributeName: 'state', KeyType: 'HASH' }],
        Projection: { ProjectionType: 'KEYS_ONLY' },
        ProvisionedThroughput: { ReadCapacityUnits: 1, WriteCapacityUnits: 1 },
      },
    ],
    KeySchema: [
      { AttributeName: 'campaign', KeyType: 'HASH' },
      { AttributeName: 'sub', KeyType: 'RANGE' },
    ],
    ProvisionedThroughput: { ReadCapacityUnits: 1, WriteCapacityUnits: 1 },
  },
};

let service: DynamoDbService;
let gateway: Gateway;
let client: DynamoDBClient;
let authorized: string[];

beforeAll(async () => {
  service = await DynamoDbService.start([idempotency, ledger]);
  gateway = await Gateway.start({
    services: [service],
    faults: new Faults(),
    authorize: (_, action, resource) => authorized.push(`${action} ${resource}`),
  });
  client = new DynamoDBClient({
    region: 'eu-central-1',
    endpoint: gateway.endpoint,
    credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' },
    maxAttempts: 1,
  });
});
beforeEach(() => {
  authorized = [];
});
afterAll(async () => {
  await gateway.stop();
  await service.stop();
});

const key = (sub: string) => ({ campaign: { S: 'breach' }, sub: { S: sub } });
const ABSENT = 'attribute_not_exists(#id)';

/** Puts an item into the ledger unless it exists. */
const claim = (sub: string, more: Partial<ConstructorParameters<typeof PutItemCommand>[0]> = {}) =>
  client.send(
    new PutItemCommand({
      TableName: 'ledger',
      Item: { ...key(sub), state: { S: 'CLAIMED' } },
      ConditionExpression: ABSENT,
      ExpressionAttributeNames: { '#id': 'sub' },
      ...more,
    }),
  );

describe('a DynamoDB table', () => {
  test.each([idempotency, ledger])(
    'has the keys and indexes that its template describes',
    async ({ tableName, properties }) => {
      const { Table } = await client.send(new DescribeTableCommand({ TableName: tableName }));

      expect(Table).toMatchObject({
        TableStatus: 'ACTIVE',
        KeySchema: properties.KeySchema,
        AttributeDefinitions: expect.arrayContaining(properties.AttributeDefinitions as object[]),
        BillingModeSummary: { BillingMode: 'PAY_PER_REQUEST' },
      });
    },
  );

  test('stores items and returns them', async () => {
    const Item = {
      id: { S: 'ä' },
      count: { N: '12345678901234567890' },
      list: { L: [{ BOOL: true }, { NULL: true as const }] },
    };

    await client.send(new PutItemCommand({ TableName: 'idempotency', Item }));

    const output = await client.send(new GetItemCommand({ TableName: 'idempotency', Key: { id: { S: 'ä' } } }));
    expect(output.Item).toEqual(Item);
  });

  test('can be queried by its index', async () => {
    await claim('queried', { Item: { ...key('queried'), state: { S: 'UNKNOWN' } } });

    const { Items } = await client.send(
      new QueryCommand({
        TableName: 'ledger',
        IndexName: 'by-state',
        KeyConditionExpression: '#state = :state',
        ExpressionAttributeNames: { '#state': 'state' },
        ExpressionAttributeValues: { ':state': { S: 'UNKNOWN' } },
      }),
    );

    expect(Items).toEqual([{ ...key('queried'), state: { S: 'UNKNOWN' } }]);
  });

  test('is not found when no template has it', async () => {
    await expect(
      client.send(new GetItemCommand({ TableName: 'other', Key: { id: { S: '1' } } })),
    ).rejects.toMatchObject({ name: 'ResourceNotFoundException', message: 'Requested resource not found' });
  });

  test('refuses an invalid request and accepts the next valid one', async () => {
    await expect(client.send(new PutItemCommand({ TableName: 'ledger', Item: {} }))).rejects.toMatchObject({
      name: 'ValidationException',
    });
    await expect(claim('after-refusal')).resolves.toBeDefined();
  });
});

describe('DynamoDB refuses', () => {
  const write = (item: object, more: object = {}) =>
    client.send(new PutItemCommand({ TableName: 'ledger', Item: { ...key('limits'), ...item }, ...more }));
  const keys = (many: number) => Array.from({ length: many }, (_, index) => key(`limits-${index}`));

  test.each<[string, () => Promise<unknown>]>([
    ['a batch of 101 keys', () => batch(keys(101))],
    ['a batch that has a key twice', () => batch([key('twice'), key('twice')])],
    ['a key of 2,049 bytes', () => write(key('a'.repeat(2049)))],
    ['an item of more than 400 KB', () => write({ text: { S: 'a'.repeat(409_600) } })],
    ['an empty set', () => write({ refused: { SS: [] } })],
    [
      'an expression of more than 4 KB',
      () => write({}, { ConditionExpression: `attribute_exists(${'a'.repeat(4096)})` }),
    ],
    ['a reserved word in an expression', () => write({}, { ConditionExpression: 'attribute_not_exists(status)' })],
    [
      'a name that no expression uses',
      () => write({}, { ConditionExpression: 'attribute_exists(a)', ExpressionAttributeNames: { '#b': 'b' } }),
    ],
    [
      'a value that no expression uses',
      () => write({}, { ConditionExpression: 'attribute_exists(a)', ExpressionAttributeValues: { ':b': { S: 'b' } } }),
    ],
    ['ALL_NEW as ReturnValues of a put', () => write({}, { ReturnValues: 'ALL_NEW' })],
  ])('%s', async (_, call) => {
    await expect(call()).rejects.toMatchObject({ name: 'ValidationException' });
  });

  function batch(Keys: ReturnType<typeof keys>) {
    return client.send(new BatchGetItemCommand({ RequestItems: { ledger: { Keys } } }));
  }
});

describe('a failed condition', () => {
  const held = { ...key('held'), state: { S: 'DONE' } };

  beforeEach(() => client.send(new PutItemCommand({ TableName: 'ledger', Item: held })));

  const writes = {
    put: (more: object) => claim('held', more),
    update: (more: object) =>
      client.send(
        new UpdateItemCommand({
          TableName: 'ledger',
          Key: key('held'),
          UpdateExpression: 'SET #state = :new',
          ConditionExpression: '#state <> :old',
          ExpressionAttributeNames: { '#state': 'state' },
          ExpressionAttributeValues: { ':new': { S: 'CLAIMED' }, ':old': { S: 'DONE' } },
          ...more,
        }),
      ),
    deletion: (more: object) =>
      client.send(
        new DeleteItemCommand({
          TableName: 'ledger',
          Key: key('held'),
          ConditionExpression: ABSENT,
          ExpressionAttributeNames: { '#id': 'sub' },
          ...more,
        }),
      ),
  };

  test.each(['put', 'update', 'deletion'] as const)(
    'changes nothing and returns the item when it is asked for: %s',
    async (write) => {
      await expect(writes[write]({ ReturnValuesOnConditionCheckFailure: 'ALL_OLD' })).rejects.toMatchObject({
        name: 'ConditionalCheckFailedException',
        message: 'The conditional request failed',
        Item: held,
      });
      expect((await client.send(new GetItemCommand({ TableName: 'ledger', Key: key('held') }))).Item).toEqual(held);
    },
  );

  test.each([{}, { ReturnValuesOnConditionCheckFailure: 'NONE' }])(
    'does not return the item unless it is asked for: %j',
    async (more) => {
      const error = await claim('held', more as object).catch((reason) => reason);

      expect(error).toMatchObject({ name: 'ConditionalCheckFailedException' });
      expect(error.Item).toBeUndefined();
    },
  );

  test('returns no item when none exists', async () => {
    const error = await claim('nobody', {
      ConditionExpression: 'attribute_exists(#id)',
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    }).catch((reason) => reason);

    expect(error).toMatchObject({ name: 'ConditionalCheckFailedException' });
    expect(error.Item).toBeUndefined();
  });

  test('returns the item of the winner to every other writer of a race', async () => {
    const claims = await Promise.allSettled(
      Array.from({ length: 20 }, (_, i) =>
        claim('raced', {
          Item: { ...key('raced'), state: { S: `claim ${i}` } },
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      ),
    );

    const winner = claims.findIndex(({ status }) => status === 'fulfilled');
    const losers = claims.flatMap((result) => (result.status === 'rejected' ? [result.reason.Item] : []));
    expect(losers).toEqual(Array(19).fill({ ...key('raced'), state: { S: `claim ${winner}` } }));
  });

  test('returns the item on which it failed, even when other writes follow at once', async () => {
    const conditional = {
      TableName: 'ledger',
      Item: held,
      ConditionExpression: 'attribute_not_exists(campaign)',
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    };

    const calls = Array.from({ length: 30 }, () => [
      service.call('PutItem', conditional).catch((error) => error.fields),
      service.call('DeleteItem', { TableName: 'ledger', Key: key('held') }),
      service.call('PutItem', { TableName: 'ledger', Item: held }),
    ]);
    const told = await Promise.all(calls.map(([claimed]) => claimed));

    expect(told).toEqual(Array(30).fill({ Item: held }));
    await Promise.all(calls.flat());
  });
});

describe('IAM for DynamoDB', () => {
  test.each([
    [
      () => client.send(new GetItemCommand({ TableName: 'idempotency', Key: { id: { S: '1' } } })),
      `GetItem ${arn('idempotency')}`,
    ],
    [
      () =>
        client.send(
          new QueryCommand({
            TableName: 'ledger',
            IndexName: 'by-state',
            KeyConditionExpression: '#state = :state',
            ExpressionAttributeNames: { '#state': 'state' },
            ExpressionAttributeValues: { ':state': { S: 'x' } },
          }),
        ),
      `Query ${arn('ledger')}/index/by-state`,
    ],
    [
      () =>
        client.send(new BatchWriteItemCommand({ RequestItems: { ledger: [{ DeleteRequest: { Key: key('x') } }] } })),
      `BatchWriteItem ${arn('ledger')}`,
    ],
  ])('authorizes a call for the ARN of its table or index (%#)', async (call, expected) => {
    await call();

    expect(authorized).toEqual([`dynamodb:${expected}`]);
  });
});

test('a write that has begun is carried out when the service stops', async () => {
  const stopped = await DynamoDbService.start([idempotency]);
  const writes = Array.from({ length: 20 }, (_, index) =>
    stopped.call('UpdateItem', {
      TableName: 'idempotency',
      Key: { id: { S: `${index}` } },
      UpdateExpression: 'SET a = :a',
      ExpressionAttributeValues: { ':a': { S: 'b' } },
    }),
  );

  await stopped.stop();

  expect((await Promise.allSettled(writes)).map(({ status }) => status)).toEqual(writes.map(() => 'fulfilled'));
});

describe('the throughput of a partition key', () => {
  let time = 0;
  let limited: DynamoDbService;
  beforeAll(async () => {
    limited = await DynamoDbService.start([ledger], { reads: 3, now: () => new Date(time) });
  });
  afterAll(() => limited.stop());

  const read = (subs: readonly string[], ConsistentRead = true, campaign = 'breach') => {
    const Keys = subs.map((sub) => ({ ...key(sub), campaign: { S: campaign } }));
    return limited.call('BatchGetItem', { RequestItems: { ledger: { Keys, ConsistentRead } } });
  };
  const unprocessedOf = async (output: ReturnType<typeof read>) =>
    ((await output) as { UnprocessedKeys: { ledger?: { Keys: unknown[] } } }).UnprocessedKeys.ledger?.Keys ?? [];

  test('leaves keys of a batch unprocessed, and refuses a batch of which no key is read', async () => {
    time += 1000;
    expect(await unprocessedOf(read(['1', '2', '3', '4', '5']))).toEqual([key('4'), key('5')]);
    await expect(read(['4', '5'])).rejects.toMatchObject({ name: 'ProvisionedThroughputExceededException' });
    expect(await unprocessedOf(read(['4'], true, 'another'))).toEqual([]);
    time += 999;
    await expect(read(['4', '5'])).rejects.toThrow();
    time += 1;
    expect(await unprocessedOf(read(['4', '5']))).toEqual([]);
  });

  test('is used half by an eventually consistent read', async () => {
    time += 1000;
    expect(await unprocessedOf(read(['1', '2', '3', '4', '5', '6', '7'], false))).toEqual([key('7')]);
  });

  test('is 1,000 writes a second', async () => {
    time += 1000;
    const write = () =>
      limited.call('PutItem', { TableName: 'ledger', Item: { ...key('1'), state: { S: 'CLAIMED' } } });
    for (let written = 0; written < 1_000; written++) await write();
    await expect(write()).rejects.toMatchObject({ name: 'ProvisionedThroughputExceededException' });
    time += 1000;
    await write();
  });
});
