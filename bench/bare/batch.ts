import { setTimeout as sleep } from 'node:timers/promises';
import {
  AdminGetUserCommand,
  AdminResetUserPasswordCommand,
  CognitoIdentityProviderClient,
} from '@aws-sdk/client-cognito-identity-provider';
import { DynamoDBClient, GetItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';

/**
 * The calls that the worker makes for each user, at its pace, with a connection of its own for each reset: what the CPU
 * time of the worker is compared with.
 */
const agent = { keepAlive: false };
const cognito = new CognitoIdentityProviderClient({ requestHandler: { httpsAgent: agent } });
const reader = new CognitoIdentityProviderClient({});
const dynamodb = new DynamoDBClient({});

export async function handler({ range }: { range: { lines: number } }) {
  const interval = 1000 / Number(process.env.MAX_RESETS_PER_SECOND);
  await Promise.all(
    Array.from({ length: range.lines }, async (_, index) => {
      const sub = `user-${index}`;
      await sleep(index * interval);
      const user = { UserPoolId: process.env.USER_POOL_ID, Username: sub };
      await write(sub, 'CLAIMED');
      await dynamodb.send(new GetItemCommand({ TableName: process.env.LEDGER_TABLE_NAME, Key: keyOf('halt') }));
      await cognito.send(new AdminResetUserPasswordCommand(user));
      await write(sub, 'DONE');
      await reader.send(new AdminGetUserCommand(user));
      await write(sub, 'CONFIRMED');
    }),
  );
}

async function write(sub: string, status: string): Promise<void> {
  await dynamodb.send(
    new UpdateItemCommand({
      TableName: process.env.LEDGER_TABLE_NAME,
      Key: keyOf(sub),
      UpdateExpression: 'SET #status = :status',
      ExpressionAttributeNames: { '#status': 'status' },
      ExpressionAttributeValues: { ':status': { S: status } },
    }),
  );
}

function keyOf(user: string) {
  return { campaign: { S: 'bench' }, user: { S: user } };
}
