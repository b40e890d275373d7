import { LocalApp } from '../shared/local-app';
import { TextPrinter } from '../shared/printer';
import { OLD_PASSWORD, USERS } from '../shared/users';
import type { Arguments } from './arguments';

/** How to use the sandbox with the AWS SDK and the AWS CLI. The commands can be pasted into a shell. */
function instructions({ sandbox, functionName, userPoolId, clientId }: LocalApp): string {
  const region = userPoolId.split('_', 1)[0];
  return `The sandbox listens at ${sandbox.endpoint}. To use it with the AWS SDK or the AWS CLI, paste this into
another shell:

  export AWS_ENDPOINT_URL=${sandbox.endpoint} AWS_REGION=${region} AWS_DEFAULT_REGION=${region}
  export AWS_ACCESS_KEY_ID=developer AWS_SECRET_ACCESS_KEY=developer

Users (the password of each is ${OLD_PASSWORD}):

${USERS.map(({ username, about }) => `  ${username.padEnd(18)} ${about}`).join('\n')}

Reset a user, and see that Cognito refuses the old password (version 1 of the AWS CLI does not have --cli-binary-format:
leave out that option and its value):

  aws lambda invoke --function-name ${functionName} --cli-binary-format raw-in-base64-out --payload '{"username":"user"}' /dev/stdout
  aws cognito-idp initiate-auth --auth-flow USER_PASSWORD_AUTH --client-id ${clientId} --auth-parameters 'USERNAME=user,PASSWORD=${OLD_PASSWORD}'
  aws cognito-idp admin-get-user --user-pool-id ${userPoolId} --username user

Break the connection of the next reset after Cognito carried it out, then invoke the function again to see the error:

  curl ${sandbox.endpoint}/_sandbox/faults -d '{"operation":"AdminResetUserPassword","instead":"cut-after"}'

The messages of the user pool and the logs of the functions appear below. Ctrl-C ends the sandbox.
`;
}

/** The sandbox keeps the process running. A signal ends the process and everything that it started. */
export async function serve({ port }: Arguments): Promise<boolean> {
  const printer = new TextPrinter();
  console.log('Starting the app of bin/ on this machine. This needs no AWS account and no network.\n');
  const app = await LocalApp.start({
    port,
    onMessage: (message) => printer.message(message),
    onLog: (line) => console.log(line),
  });
  console.log(instructions(app));
  return true;
}
