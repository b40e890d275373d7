import { parseArgs } from 'node:util';
import { LocalApp, OLD_PASSWORD, USERS } from '../shared/local-app';
import { TextPrinter } from '../shared/printer';
import { runCommand } from '../shared/run-command';

const USAGE = `Usage: npm run sandbox -- [options]

Keeps the demonstration running until Ctrl-C.

  --port PORT    the port on 127.0.0.1 (a free one by default)
  --help         print this`;

function readArguments(): { port?: number; help: boolean } {
  const { values } = parseArgs({ options: { port: { type: 'string' }, help: { type: 'boolean', default: false } } });
  if (values.port === undefined) return { help: values.help };
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 1 || port > 65_535)
    throw new Error('--port: expected a number from 1 to 65535');
  return { port, help: values.help };
}

/** How to point the AWS SDK or the AWS CLI at the sandbox, ready to paste into a shell. */
function instructions({ sandbox, functionName, userPoolId, clientId }: LocalApp): string {
  const region = userPoolId.split('_', 1)[0];
  return `The sandbox listens at ${sandbox.endpoint}. Point the AWS SDK or the AWS CLI at it:

  export AWS_ENDPOINT_URL=${sandbox.endpoint} AWS_REGION=${region}
  export AWS_ACCESS_KEY_ID=developer AWS_SECRET_ACCESS_KEY=developer

Users, all with the password ${OLD_PASSWORD}:

${USERS.map(({ username, about }) => `  ${username.padEnd(18)} ${about}`).join('\n')}

Make one choose a new password, and see that the old one is refused:

  aws lambda invoke --function-name ${functionName} --cli-binary-format raw-in-base64-out --payload '{"username":"user"}' /dev/stdout
  aws cognito-idp initiate-auth --auth-flow USER_PASSWORD_AUTH --client-id ${clientId} --auth-parameters 'USERNAME=user,PASSWORD=${OLD_PASSWORD}'
  aws cognito-idp admin-get-user --user-pool-id ${userPoolId} --username user

Make the next call fail, and see which error arrives:

  curl ${sandbox.endpoint}/_sandbox/faults -d '{"operation":"AdminResetUserPassword","instead":"cut-after"}'

Messages that the user pool sends and what the function logs appear below. Ctrl-C ends the sandbox.
`;
}

/** Keeps the process running; a signal ends it, and everything that it started. */
async function main(): Promise<boolean> {
  const { port, help } = readArguments();
  if (help) {
    console.log(USAGE);
    return true;
  }
  const report = new TextPrinter();
  console.log('The app of bin/ is synthesized and started on this machine.\n');
  const demonstration = await LocalApp.start({
    port,
    onMessage: (message) => report.message(message),
    onLog: (line) => console.log(line),
  });
  console.log(instructions(demonstration));
  return true;
}

void runCommand('npm run sandbox', main);
