import { Duration } from 'aws-cdk-lib';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import {
  Choice,
  Condition,
  DistributedMap,
  Errors,
  Fail,
  type IChainable,
  JitterType,
  JsonPath,
  OutputType,
  Pass,
  ResultWriterV2,
  S3JsonLItemReader,
  StateMachineType,
  Succeed,
  TaskInput,
  type TaskStateBase,
  Transformation,
  Wait,
  WaitTime,
  WriterConfig,
} from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { CAMPAIGN_ERROR_NAMES, CAMPAIGN_PREFIXES, PREFLIGHT_STEPS } from '../contract/campaign';
import { InvokeTask } from '../private/invoke-task';
import { LAMBDA_SERVICE_ERRORS } from '../private/lambda-service-errors';
import type { CampaignPace } from './campaign-pace';
import type { CampaignFunctions } from './functions';

/** The label of the map, which is part of the ARNs of its executions. */
export const MAP_LABEL = 'Users';

/**
 * The percentage of batches that may fail after all retries. If more of them fail, there is an outage or a mistake in
 * the setup. The execution then fails, and can be redriven after the cause is fixed.
 */
const TOLERATED_FAILURE_PERCENTAGE = 5;

export interface DefinitionOptions {
  readonly functions: CampaignFunctions;
  readonly bucket: IBucket;
  readonly pace: CampaignPace;
  /** Whether ClientMetadata is signed. */
  readonly signsMetadata: boolean;
  /** Whether the state machine never resets a user, even if `dryRun` of its input is false. */
  readonly dryRunOnly: boolean;
}

/**
 * Creates the states of a campaign: preflight, list users, reset them in a Distributed Map, summarize.
 *
 * Each state is safe to retry, because the ledger records which users were reset. States retry, and no state catches an
 * error: an execution that failed can be redriven from the state that failed.
 */
export function defineCampaign(scope: Construct, options: DefinitionOptions): IChainable {
  const { functions, signsMetadata, dryRunOnly } = options;
  const start = new Pass(scope, 'Start', {
    parameters: {
      input: JsonPath.entirePayload,
      run: JsonPath.executionName,
      startedAt: JsonPath.executionStartTime,
      dryRunOnly,
    },
  });
  const preflight = createStepTask(scope, 'Preflight', functions.preflight, {
    payload: { step: PREFLIGHT_STEPS.first, start: JsonPath.entirePayload },
  });
  const list = createStepTask(scope, 'List users', functions.listing, {
    payload: fieldsOfInput('campaign', 'listing'),
    resultPath: '$.listing',
  });
  const check = createStepTask(scope, 'Check the numbers', functions.preflight, {
    payload: { step: PREFLIGHT_STEPS.counts, ...fieldsOfInput('campaign', 'listing', 'signing') },
    resultPath: '$.summary',
  });
  const reset = createResetMap(scope, options);
  const summarize = createStepTask(scope, 'Summarize', functions.summary, {
    payload: fieldsOfInput('campaign', 'summary'),
    resultPath: '$.summary',
  });
  const wait = new Wait(scope, 'Wait', { time: WaitTime.secondsPath('$.summary.waitSeconds') });
  const halted = createHaltedState(scope);
  const done = new Succeed(scope, 'Done', { outputPath: '$.summary.result' });

  const beforePreflight = signsMetadata ? start.next(createSigningProbe(scope, functions.worker)) : start;
  beforePreflight.next(preflight).next(list);
  list.next(
    new Choice(scope, 'All listed?').when(Condition.booleanEquals('$.listing.done', true), check).otherwise(list),
  );
  check.next(
    new Choice(scope, 'Anybody to reset?')
      .when(
        Condition.or(
          Condition.numberGreaterThan('$.listing.counts.users', 0),
          Condition.numberGreaterThan('$.listing.counts.signOuts', 0),
        ),
        reset,
      )
      .otherwise(summarize),
  );
  reset.next(summarize);
  summarize.next(
    new Choice(scope, 'All counted?')
      .when(
        Condition.booleanEquals('$.summary.done', true),
        new Choice(scope, 'Halted?').when(Condition.isPresent('$.summary.result.halted'), halted).otherwise(done),
      )
      .otherwise(wait.next(summarize)),
  );
  return start;
}

/** Lets the worker sign before the preflight, which refuses the campaign if the worker cannot sign. */
function createSigningProbe(scope: Construct, worker: IFunction): TaskStateBase {
  return createStepTask(scope, 'Try to sign', worker, { payload: { probe: 'SIGNING' }, resultPath: '$.signing' });
}

function createResetMap(scope: Construct, { functions, bucket, pace }: DefinitionOptions): DistributedMap {
  const batch = new InvokeTask(scope, 'Reset a batch', {
    lambdaFunction: functions.worker,
    payload: TaskInput.fromObject({
      campaign: JsonPath.objectAt('$.campaign'),
      users: JsonPath.numberAt('$.users'),
      listingKey: JsonPath.stringAt('$.listingKey'),
      range: JsonPath.objectAt('$.range'),
      // The start of this child execution, which ends after five minutes, even while the worker is running.
      startedAt: JsonPath.executionStartTime,
    }),
    payloadResponseOnly: true,
    retryOnServiceExceptions: false,
  })
    .addRetry({ errors: [CAMPAIGN_ERROR_NAMES.listingChanged], maxAttempts: 0 })
    .addRetry({
      errors: [Errors.ALL],
      interval: Duration.seconds(1),
      maxAttempts: 10,
      backoffRate: 1.5,
      maxDelay: Duration.seconds(20),
      jitterStrategy: JitterType.FULL,
    });
  return new DistributedMap(scope, 'Reset users', {
    label: MAP_LABEL,
    mapExecutionType: StateMachineType.EXPRESS,
    maxConcurrency: pace.workers,
    toleratedFailurePercentage: TOLERATED_FAILURE_PERCENTAGE,
    // The items are ranges of the listing, which the worker reads itself: no user is in the history of an execution.
    itemReader: new S3JsonLItemReader({ bucket, key: JsonPath.stringAt('$.listing.objects.rangesKey') }),
    itemSelector: {
      campaign: Object.fromEntries(
        ['campaignId', 'run', 'clientMetadata', 'dryRun'].map((name) => [
          name,
          JsonPath.objectAt(`$.campaign.${name}`),
        ]),
      ),
      users: JsonPath.numberAt('$.listing.counts.users'),
      listingKey: JsonPath.stringAt('$.listing.objects.listingKey'),
      range: JsonPath.objectAt('$$.Map.Item.Value'),
    },
    resultWriterV2: new ResultWriterV2({
      bucket,
      prefix: JsonPath.format(
        `${CAMPAIGN_PREFIXES.results}{}/{}`,
        JsonPath.stringAt('$.campaign.campaignId'),
        JsonPath.stringAt('$.campaign.run'),
      ),
      writerConfig: new WriterConfig({ outputType: OutputType.JSON, transformation: Transformation.COMPACT }),
    }),
    // The result of the map is not needed: the ledger has the outcomes.
    resultPath: JsonPath.DISCARD,
  }).itemProcessor(batch);
}

/** Lets an execution fail whose run was halted: it has not reset everybody, and events and alarms must tell. */
function createHaltedState(scope: Construct): Fail {
  return new Fail(scope, 'Halted', {
    error: CAMPAIGN_ERROR_NAMES.halted,
    causePath: JsonPath.format(
      'Cognito refused everybody with {}: fix the cause, and start the campaign again with the same campaignId, because a redrive would only fail again. The report is in the bucket {} below {}',
      JsonPath.stringAt('$.summary.result.halted.reason'),
      JsonPath.stringAt('$.summary.result.report.bucket'),
      JsonPath.stringAt('$.summary.result.report.prefix'),
    ),
  });
}

/**
 * Creates a state that invokes a function with retries. Its result is the response of the function alone. A campaign that
 * was refused is not retried, because it would be refused again.
 *
 * AWS documents Lambda.Unknown for a function that timed out or ran out of memory. Others report the names of the runtime.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/bp-lambda-serviceexception.html
 */
function createStepTask(
  scope: Construct,
  id: string,
  lambdaFunction: IFunction,
  { payload, resultPath }: { readonly payload: Record<string, unknown>; readonly resultPath?: string },
): TaskStateBase {
  return new InvokeTask(scope, id, {
    lambdaFunction,
    payload: TaskInput.fromObject(payload),
    payloadResponseOnly: true,
    resultPath,
    retryOnServiceExceptions: false,
  }).addRetry({
    errors: [
      'Lambda.TooManyRequestsException',
      ...LAMBDA_SERVICE_ERRORS,
      // The function ran out of time, or its process ended.
      'Lambda.Unknown',
      'Sandbox.Timedout',
      'Runtime.ExitError',
      'Runtime.OutOfMemory',
      CAMPAIGN_ERROR_NAMES.stepFailed,
    ],
    interval: Duration.seconds(2),
    maxAttempts: 6,
    backoffRate: 2,
    jitterStrategy: JitterType.FULL,
  });
}

/** The named fields of the input of the state, under the same names. */
function fieldsOfInput(...names: string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, JsonPath.stringAt(`$.${name}`)]));
}
