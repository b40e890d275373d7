/**
 * Reads the Authorization header of a request that is signed with AWS Signature Version 4. The signature itself is not
 * verified.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-authentication-methods.html
 */

/** The access key id that the request is signed with. */
export function accessKeyIdOf(authorization: string | undefined): string | undefined {
  return authorization?.match(/^AWS4-[^ ]+ (?:.*[ ,])?Credential=([^/, ]+)\//)?.[1];
}

/** The Region that the request is signed for. */
export function signedRegion(authorization: string | undefined): string | undefined {
  return authorization?.match(/^AWS4-[^ ]+ (?:.*[ ,])?Credential=[^/, ]+\/\d+\/([^/, ]+)\//)?.[1];
}

/** The service that the request is signed for, such as `s3`. */
export function signedService(authorization: string | undefined): string | undefined {
  return authorization?.match(/^AWS4-[^ ]+ (?:.*[ ,])?Credential=[^/, ]+\/\d+\/[^/, ]+\/([^/, ]+)\/aws4_request/)?.[1];
}
