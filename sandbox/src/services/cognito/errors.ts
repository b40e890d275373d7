import { ServiceError } from '../../model';

export function unknownPool(userPoolId: string): ServiceError {
  return new ServiceError('ResourceNotFoundException', `User pool ${userPoolId} does not exist.`);
}

export function unknownClient(clientId: string): ServiceError {
  return new ServiceError('ResourceNotFoundException', `User pool client ${clientId} does not exist.`);
}

export function userNotFound(): ServiceError {
  return new ServiceError('UserNotFoundException', 'User does not exist.');
}

export function userExists(): ServiceError {
  return new ServiceError('UsernameExistsException', 'User account already exists');
}

export function notAuthorized(message: string): ServiceError {
  return new ServiceError('NotAuthorizedException', message);
}

export function userDisabled(): ServiceError {
  return notAuthorized('User is disabled.');
}

export function userNotConfirmed(): ServiceError {
  return new ServiceError('UserNotConfirmedException', 'User is not confirmed.');
}

/** The same for an unknown user and a wrong password. */
export function incorrectPassword(): ServiceError {
  return notAuthorized('Incorrect username or password.');
}

export function passwordResetRequired(): ServiceError {
  return new ServiceError('PasswordResetRequiredException', 'Password reset required for the user');
}

export function invalidParameter(message: string): ServiceError {
  return new ServiceError('InvalidParameterException', message);
}

/** What AWS has and the sandbox has not; a fixed text, because input may be personal. */
export function notOffered(what: string): ServiceError {
  return new ServiceError('InvalidAction', `the sandbox's user pool does not offer ${what}`);
}
