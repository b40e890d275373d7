import { ServiceError } from '../../model';

export function userPoolNotFoundError(userPoolId: string): ServiceError {
  return new ServiceError('ResourceNotFoundException', `User pool ${userPoolId} does not exist.`);
}

export function userPoolClientNotFoundError(clientId: string): ServiceError {
  return new ServiceError('ResourceNotFoundException', `User pool client ${clientId} does not exist.`);
}

export function userNotFoundError(): ServiceError {
  return new ServiceError('UserNotFoundException', 'User does not exist.');
}

export function usernameExistsError(): ServiceError {
  return new ServiceError('UsernameExistsException', 'User account already exists');
}

export function notAuthorizedError(message: string): ServiceError {
  return new ServiceError('NotAuthorizedException', message);
}

export function userDisabledError(): ServiceError {
  return notAuthorizedError('User is disabled.');
}

export function userStatusError(): ServiceError {
  return notAuthorizedError('User password cannot be reset in the current state.');
}

export function userNotConfirmedError(): ServiceError {
  return new ServiceError('UserNotConfirmedException', 'User is not confirmed.');
}

/** The error for a wrong password, and for an unknown user if the app client prevents user existence errors. */
export function incorrectUsernameOrPasswordError(): ServiceError {
  return notAuthorizedError('Incorrect username or password.');
}

export function passwordResetRequiredError(): ServiceError {
  return new ServiceError('PasswordResetRequiredException', 'Password reset required for the user');
}

export function invalidParameterError(message: string): ServiceError {
  return new ServiceError('InvalidParameterException', message);
}

/** @param what a fixed text, because the request may contain personal data */
export function notSupportedError(what: string): ServiceError {
  return new ServiceError('InvalidAction', `the sandbox's user pool does not support ${what}`);
}
