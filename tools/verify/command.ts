import { randomUUID } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from '../shared/run-command';
import { type Arguments, readArguments, USAGE } from './arguments';
import { AwsDeployment, SERVICE_LINKED_ROLE } from './aws-deployment';
import { isConfirmed } from './confirmation';
import type { Deployment } from './deployment';
import { EXPERIMENTS } from './experiments';
import { formatResults, type Result, resultsFile, runExperiments } from './results';
import { SandboxDeployment } from './sandbox-deployment';
import { STACK_PREFIX, TAG } from './stack';
import { UNTESTED } from './untested';

const interruption = new AbortController();
let deployment: Deployment | undefined;

async function main(): Promise<boolean> {
  const args = readArguments();
  if (args.help) {
    console.log(USAGE);
    return true;
  }
  const stackName = `${STACK_PREFIX}${randomUUID().slice(0, 8)}`;
  console.log(announcement(args, stackName));
  if (!args.sandbox && !args.yes) {
    if (!process.stdin.isTTY) throw new Error('got no terminal to ask in, expected --yes');
    if (!(await isConfirmed('Go on? (yes or no) ', interruption.signal))) {
      console.log('Nothing was made.');
      return false;
    }
  }
  const results = await runInDeployment(args, stackName);
  return results.length > 0 && results.every(({ verdict }) => verdict === 'AGREES' || verdict === 'NOT_SEEN');
}

/** Prints the results and writes them to the file, before anything is removed, which may fail. */
function report({ sandbox, region, output }: Arguments, results: readonly Result[]): void {
  const { version } = JSON.parse(readFileSync(join(__dirname, '..', '..', 'package.json'), 'utf8'));
  console.log(`\n${formatResults(results, UNTESTED)}`);
  writeFileSync(output, resultsFile(results, UNTESTED, { sandbox, region, version }));
  console.log(`\nThe results are in ${output}, without account ID, ARN or address: please read and send it.`);
}

function announcement({ sandbox, region, from }: Arguments, stackName: string): string {
  if (sandbox) return `Deploying the stack ${stackName} in the sandbox, on this machine. This needs no AWS account.`;
  const account = process.env.AWS_PROFILE === undefined ? 'your AWS credentials' : `profile ${process.env.AWS_PROFILE}`;
  return `In the account of ${account}, in ${region}, this makes one stack, ${stackName}:

  - three Cognito user pools and their app clients, with about 20 users whose addresses are those of the mailbox simulator
    of Amazon SES, or a phone number that is reserved for fiction
  - one Lambda function and its log group, four Step Functions state machines, and six roles
  - everything has the tag ${TAG}

It sends ${from === undefined ? "one email message through Cognito's default sender, of the 50 a day that the account has" : 'one or two email messages through Amazon SES'}, to the mailbox simulator.
It sends no SMS message: it tries to only while the account is in the SMS sandbox, where AWS refuses it. It touches no
other user pool. It counts a few dozen requests towards quotas that user pools of the account share, one after another.
It reads the SMS settings of the account, and prints none of its numbers.
It costs less than 0.10 USD: about 30 invocations, 40 state transitions, one or two email messages, and about 20 users
who are active in this month.${from === undefined ? '' : `\n${SERVICE_LINKED_ROLE}`}
It takes about five minutes, and then deletes the stack. Should this process be killed, delete it yourself:

  aws cloudformation delete-stack --region ${region} --stack-name ${stackName}
`;
}

/** Runs the experiments, and removes everything in any case. */
async function runInDeployment(args: Arguments, stackName: string): Promise<Result[]> {
  const { sandbox, region, from } = args;
  const made = sandbox
    ? new SandboxDeployment({ stackName, region, from })
    : new AwsDeployment({ stackName, region, from });
  deployment = made;
  try {
    if (interruption.signal.aborted) return [];
    const stage = await made.start();
    console.log(`Running ${EXPERIMENTS.length} experiments.`);
    const results = await runExperiments(stage, EXPERIMENTS, interruption.signal);
    if (!interruption.signal.aborted) report(args, results);
    return results;
  } catch (error) {
    if (interruption.signal.aborted) return [];
    throw error;
  } finally {
    await made.remove();
  }
}

/** The first signal removes everything. A second one ends the command at once. */
async function onInterrupt(): Promise<void> {
  if (interruption.signal.aborted) {
    console.error(`\nNot removed to the end. ${deployment?.leftovers ?? 'Nothing is left.'}`);
    return;
  }
  interruption.abort();
  if (deployment === undefined) return;
  console.error('\nRemoving what was made. A second Ctrl-C ends this at once.');
  try {
    await deployment.remove();
    console.error('Everything is removed.');
  } catch (error) {
    console.error((error as Error).message);
  }
}

void runCommand('npm run verify', main, onInterrupt);
