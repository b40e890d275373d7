import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import { PinpointSMSVoiceV2Client } from '@aws-sdk/client-pinpoint-sms-voice-v2';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SNSClient } from '@aws-sdk/client-sns';
import { App, BootstraplessSynthesizer } from 'aws-cdk-lib';
import type { Stage } from './experiment';
import { type VerifyOutputs, VerifyStack } from './stack';

/** The stack of the experiments, deployed somewhere. */
export interface Deployment {
  /** Deploys the stack. Fails when it is removed meanwhile. */
  start(): Promise<Stage>;
  /** Removes everything, also in the middle of the start. Further calls wait for the first. */
  remove(): Promise<void>;
  /** What may be left, and how to delete it. */
  readonly leftovers: string;
}

export interface StackOptions {
  readonly stackName: string;
  readonly region: string;
  readonly from?: string;
}

/** A synthesized stack in a temporary folder. */
export class SynthesizedStack {
  readonly folder = mkdtempSync(join(tmpdir(), 'verify-'));
  readonly assembly = join(this.folder, 'cdk.out');

  /** It needs no bootstrap stack in the account: it has no assets, and is deployed with the credentials of the user. */
  constructor(options: StackOptions) {
    try {
      this.#synthesize(options);
    } catch (error) {
      this.remove();
      throw error;
    }
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  #synthesize({ stackName, region, from }: StackOptions): void {
    const app = new App({ outdir: this.assembly, analyticsReporting: false });
    new VerifyStack(app, stackName, {
      from,
      env: { region },
      description: 'Experiments of npm run verify. Safe to delete at any time',
      synthesizer: new BootstraplessSynthesizer(),
    });
    app.synth();
  }
}

/** What the AWS SDK needs to know; nothing for the account of the user's own credentials. */
interface ClientConfig {
  readonly region: string;
  readonly endpoint?: string;
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

export const REAL_CLOCK: Stage['clock'] = {
  now: () => Date.now(),
  wait: async (duration) => void (await wait(duration)),
};

export function stageOf(outputs: VerifyOutputs, config: ClientConfig, clock = REAL_CLOCK): Stage {
  // The experiments share quotas with the account: what is throttled is sent again, with more and more time between.
  const client = { ...config, maxAttempts: 6 };
  return {
    outputs,
    clock,
    cognito: new CognitoIdentityProviderClient(client),
    sns: new SNSClient(client),
    sms: new PinpointSMSVoiceV2Client(client),
    cloudWatch: new CloudWatchClient(client),
    stepFunctions: new SFNClient(client),
  };
}

/** The error of a start that was interrupted. */
export function removedError(): Error {
  return new Error('the stack was removed while it was deployed');
}
