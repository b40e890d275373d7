import { randomUUID } from 'node:crypto';
import { DynamoDBClient, PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';

/** The two calls of an idempotency record. */
const TableName = process.env.IDEMPOTENCY_TABLE_NAME;
const dynamodb = new DynamoDBClient({});
let key = { id: { S: '' } };

export async function create(): Promise<void> {
  key = { id: { S: randomUUID() } };
  await dynamodb.send(
    new PutItemCommand({
      TableName,
      Item: key,
      ConditionExpression: 'attribute_not_exists(#id)',
      ExpressionAttributeNames: { '#id': 'id' },
    }),
  );
}

export async function complete(): Promise<void> {
  await dynamodb.send(
    new UpdateItemCommand({
      TableName,
      Key: key,
      UpdateExpression: 'SET #status = :status',
      ExpressionAttributeNames: { '#status': 'status' },
      ExpressionAttributeValues: { ':status': { S: 'COMPLETED' } },
    }),
  );
}
