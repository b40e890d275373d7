import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { LambdaService } from 'cloud-assembly-sandbox';
import { AwsAnswersServer } from '../../support/aws-answers';

const NUMBER = 'arn:aws:sms-voice:us-east-1:111122223333:phone-number/phone-1';
const NAME = 'readiness';

const REQUEST = {
  RequestType: 'Create',
  StackId: 'arn:aws:cloudformation:us-east-1:111122223333:stack/Stack/1',
  RequestId: 'request-1',
  LogicalResourceId: 'ReadinessOnDeployment',
  ResourceType: 'Custom::SmsReadiness',
  ResourceProperties: { OnDeployment: 'FAIL' },
};

const ANSWERS = {
  DescribeAccountAttributes: { value: { AccountAttributes: [{ Name: 'ACCOUNT_TIER', Value: 'PRODUCTION' }] } },
  DescribeSpendLimits: {
    value: { SpendLimits: [{ Name: 'TEXT_MESSAGE_MONTHLY_SPEND_LIMIT', MaxLimit: 100, Overridden: false }] },
  },
  GetMetricStatistics: { value: { Label: 'Spend', Datapoints: [{ Timestamp: 1_764_000_000, Maximum: 25 }] } },
  DescribePhoneNumbers: { value: { PhoneNumbers: [{ Status: 'ACTIVE', OptOutListName: 'Default' }] } },
  DescribeOptedOutNumbers: { value: { OptedOutNumbers: [{ OptedOutNumber: '+15555550100' }] } },
};
const SANDBOX = {
  ...ANSWERS,
  DescribeAccountAttributes: { value: { AccountAttributes: [{ Name: 'ACCOUNT_TIER', Value: 'SANDBOX' }] } },
};
const DENIED = { ...ANSWERS, DescribeSpendLimits: { status: 400, name: 'AccessDeniedException' } };

/** The bucket in which CloudFormation waits for the response. It fails the first `failures` requests. */
class ResponseBucket {
  static async start(): Promise<ResponseBucket> {
    const server = createServer();
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    return new ResponseBucket(server);
  }

  readonly url: string;
  readonly received: { method?: string; contentType?: string; length: number; body: Record<string, unknown> }[] = [];
  failures = 0;
  requests = 0;

  private constructor(private readonly server: Server) {
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/response?Signature=secret`;
    server.on('request', async (request, response) => {
      this.requests += 1;
      const body = await text(request);
      if (this.failures > 0) {
        this.failures -= 1;
        if (this.failures % 2 === 0) response.destroy();
        else response.writeHead(503).end();
        return;
      }
      const contentType = request.headers['content-type'];
      this.received.push({ method: request.method, contentType, length: body.length, body: JSON.parse(body) });
      response.end();
    });
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((closed) => this.server.close(closed));
  }
}

let aws: AwsAnswersServer;
let bucket: ResponseBucket;
const running: LambdaService[] = [];
let lines: string[] = [];

beforeAll(async () => {
  aws = await AwsAnswersServer.start();
});
afterAll(() => aws.stop());
beforeEach(async () => {
  bucket = await ResponseBucket.start();
  lines = [];
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((lambda) => lambda.stop()));
  await bucket.stop();
});

test('the readiness function returns the report to any caller and logs it in one line', async () => {
  const { invoke, region } = await deploy(SANDBOX);

  const report = await invoke({ anything: 'else' });

  expect(report).toEqual({
    status: 'NOT_READY',
    path: 'END_USER_MESSAGING',
    region,
    checks: [
      expect.objectContaining({ name: 'accountTier', status: 'FAILED', values: { tier: 'SANDBOX' } }),
      expect.objectContaining({
        name: 'spendLimit',
        status: 'PASSED',
        values: { limit: 100, spent: 25, remaining: 75 },
      }),
      expect.objectContaining({ name: 'originationIdentity', status: 'PASSED', values: { numberStatus: 'ACTIVE' } }),
      expect.objectContaining({ name: 'optOuts', status: 'WARNING', values: { optedOut: 1, more: false } }),
    ],
  });
  const logged = lines.filter((line) => line.includes('SMS readiness')).map((line) => JSON.parse(line));
  expect(logged).toMatchObject([{ level: 'WARN', message: 'SMS readiness', report }]);
  expect(lines.join()).not.toContain('5555550100');
  expect(bucket.requests).toBe(0);
});

test('the readiness function calls Amazon SNS on the SNS path', async () => {
  const { invoke } = await deploy(
    { GetSMSSandboxAccountStatus: { value: { IsInSandbox: false } }, GetMetricStatistics: ANSWERS.GetMetricStatistics },
    { ORIGINATION_IDENTITY_ARN: undefined },
  );
  expect(await invoke({})).toMatchObject({
    path: 'SNS',
    status: 'UNKNOWN',
    checks: [{ status: 'PASSED' }, { status: 'UNKNOWN' }, { status: 'UNKNOWN' }, { status: 'UNKNOWN' }],
  });
});

test.each([
  ['Create', 'FAIL', 'READY', ANSWERS, 'SUCCESS'],
  ['Create', 'FAIL', 'UNKNOWN', DENIED, 'SUCCESS'],
  ['Create', 'FAIL', 'NOT_READY', SANDBOX, 'FAILED'],
  ['Create', 'WARN', 'NOT_READY', SANDBOX, 'SUCCESS'],
  ['Update', 'FAIL', 'NOT_READY', SANDBOX, 'SUCCESS'],
])(
  'the readiness function handles a %s request with OnDeployment %s and report status %s',
  async (RequestType, OnDeployment, status, answers, outcome) => {
    // GIVEN
    const { invoke } = await deploy(answers);

    // WHEN
    await invoke({ ...REQUEST, RequestType, ResourceProperties: { OnDeployment }, ResponseURL: bucket.url });

    // THEN
    expect(bucket.received).toEqual([
      { method: 'PUT', contentType: '', length: expect.any(Number), body: expect.anything() },
    ]);
    const [{ body, length }] = bucket.received as [(typeof bucket.received)[number]];
    expect(length).toBeLessThanOrEqual(4096);
    const { Data, Reason, ...rest } = body as { Data: { Status: string; Report: string }; Reason: string };
    expect(rest).toEqual({
      Status: outcome,
      PhysicalResourceId: 'ReadinessOnDeployment',
      StackId: REQUEST.StackId,
      RequestId: 'request-1',
      LogicalResourceId: 'ReadinessOnDeployment',
    });
    if (outcome === 'FAILED') {
      expect(Reason).toMatch(/^SMS are not ready\. The account is in the SMS sandbox .* request production access\.$/);
      expect(Data).toBeUndefined();
    } else {
      expect(Reason).toBeUndefined();
      expect(Data.Status).toBe(status);
      expect(JSON.parse(Data.Report)).toMatchObject({ status, checks: expect.any(Array) });
    }
    expect(lines.join()).not.toContain('Signature');
  },
);

test('the readiness function responds SUCCESS to a Delete request without calling AWS', async () => {
  const { invoke, region } = await deploy({});

  await invoke({ ...REQUEST, RequestType: 'Delete', PhysicalResourceId: 'other', ResponseURL: bucket.url });

  expect(bucket.received.map(({ body }) => body)).toEqual([
    {
      Status: 'SUCCESS',
      PhysicalResourceId: 'ReadinessOnDeployment',
      StackId: REQUEST.StackId,
      RequestId: 'request-1',
      LogicalResourceId: 'ReadinessOnDeployment',
    },
  ]);
  expect(aws.calls.filter((call) => call.region === region)).toEqual([]);
});

test('the readiness function sends a response again when CloudFormation does not accept it', async () => {
  const { invoke } = await deploy({});
  bucket.failures = 2;

  await invoke({ ...REQUEST, RequestType: 'Delete', ResponseURL: bucket.url });

  expect(bucket.received).toHaveLength(1);
  expect(bucket.requests).toBe(3);
});

test.each([
  [
    'cannot be reached',
    () => 'http://127.0.0.1:1/?Signature=secret',
    'the response could not be sent to CloudFormation',
  ],
  ['is not HTTPS', () => 'http://example.com/?Signature=secret', 'ResponseURL: expected an HTTPS URL'],
  ['is not a URL', () => 'Signature=secret', 'ResponseURL: expected an HTTPS URL'],
])('the readiness function fails without showing the response URL when it %s', async (_, url, errorMessage) => {
  const { invoke } = await deploy({});

  const answer = await invoke({ ...REQUEST, RequestType: 'Delete', ResponseURL: url() });

  expect(answer).toMatchObject({ errorType: 'Error', errorMessage });
  expect(JSON.stringify(answer) + lines.join()).not.toContain('Signature');
});

test('the readiness function omits the report from a response that would be too long', async () => {
  const { invoke } = await deploy(ANSWERS);

  // Request ids are never this long in practice; this one makes the rest of the response long.
  await invoke({ ...REQUEST, RequestId: 'x'.repeat(3_500), ResponseURL: bucket.url });

  expect(bucket.received[0]?.body).toMatchObject({
    Status: 'SUCCESS',
    Data: { Status: 'READY', Report: 'too long: see the log of the function' },
  });
  expect(bucket.received[0]?.length).toBeLessThanOrEqual(4096);
});

/** Starts the bundled function in Lambda's runtime client, in a Region with these responses. */
async function deploy(
  answers: Parameters<AwsAnswersServer['region']>[0],
  environment: Record<string, string | undefined> = {},
) {
  const region = aws.region(answers);
  const variables = {
    SMS_REGION: region,
    ORIGINATION_IDENTITY_ARN: NUMBER,
    OPT_OUT_LIST_NAME: 'Default',
    ...environment,
  };
  const lambda = await LambdaService.start({
    functions: [
      {
        functionName: NAME,
        functionArn: `arn:aws:lambda:us-east-1:111122223333:function:${NAME}`,
        roleArn: 'arn:aws:iam::111122223333:role/readiness',
        codeDirectory: join(resolve(__dirname, '..', '..', '..'), 'assets', 'sms-readiness'),
        handler: 'index.handler',
        runtime: 'nodejs24.x',
        timeoutSeconds: 30,
        memorySize: 256,
        environment: Object.fromEntries(
          Object.entries(variables).filter((entry): entry is [string, string] => entry[1] !== undefined),
        ),
        logGroupName: 'readiness',
        logFormat: 'JSON',
      },
    ],
    environmentVariablesOf: () => ({
      AWS_ENDPOINT_URL: aws.endpoint,
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
    }),
    onLog: (_fn, _stream, line) => lines.push(line),
  });
  running.push(lambda);
  const invoke = async (event: unknown) => (await lambda.invoke(NAME, event)).payload as Record<string, unknown>;
  return { invoke, region };
}
