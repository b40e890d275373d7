import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import type { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import type { PinpointSMSVoiceV2Client } from '@aws-sdk/client-pinpoint-sms-voice-v2';
import type { SFNClient } from '@aws-sdk/client-sfn';
import type { SNSClient } from '@aws-sdk/client-sns';
import type { VerifyOutputs } from './stack';

/** Where an assumption is written down: the assumptions.ts of a service, a folder of the project, or the documentation. */
export type Origin = 'cognito' | 'sms' | 'step-functions' | 'lambda' | 'lib' | 'tools' | 'docs';

/** What an experiment works with: the deployed resources, on AWS or in the sandbox. */
export interface Stage {
  readonly outputs: VerifyOutputs;
  readonly cognito: CognitoIdentityProviderClient;
  readonly sns: SNSClient;
  readonly sms: PinpointSMSVoiceV2Client;
  readonly cloudWatch: CloudWatchClient;
  readonly stepFunctions: SFNClient;
  /** The clock of what an experiment measures. A test passes in its own. */
  readonly clock: { now(): number; wait(milliseconds: number): Promise<void> };
}

/** One experiment, for one assumption. */
export interface Experiment {
  /** The exported name in the assumptions.ts of the service, or a name of its own. */
  readonly assumption: string;
  readonly origin: Origin;
  /** What is seen when the assumption holds. With a list, each of its entries agrees. */
  readonly expected: string | readonly string[];
  /**
   * Tells in a few words of its own what was seen, never a name, an id or an address of the account.
   *
   * @throws NotSeenError when this account does not show it
   */
  see(stage: Stage): Promise<string>;
}

/** The account, or how the command was started, does not show what an experiment is about. */
export class NotSeenError extends Error {
  override readonly name = 'NotSeenError';
}

/** An assumption without an experiment. */
export interface Untested {
  readonly assumption: string;
  readonly origin: Origin;
  /** Whether an experiment is possible, and only missing. */
  readonly possible: boolean;
  readonly reason: string;
}
