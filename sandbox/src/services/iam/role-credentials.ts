import { createHash } from 'node:crypto';
import type { RoleDefinition } from '../../model';

/** The 32 characters of an access key id. */
const KEY_CHARACTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** Access keys for roles. They are derived from the ARN of the role: every start gives the same ones, and they are no secret. */
export class RoleCredentials {
  constructor(private readonly roles: readonly RoleDefinition[]) {}

  for(roleArn: string): { accessKeyId: string; secretAccessKey: string; sessionToken: string } {
    if (!this.roles.some((role) => role.roleArn === roleArn)) {
      throw new Error(`the cloud assembly has no role ${roleArn}`);
    }
    return {
      accessKeyId: accessKeyId(roleArn),
      secretAccessKey: digest('secret access key', roleArn).toString('base64').slice(0, 40),
      sessionToken: digest('session token', roleArn).toString('base64'),
    };
  }

  /** The role that an access key id was made for. */
  roleOf(id: string): RoleDefinition | undefined {
    return this.roles.find((role) => accessKeyId(role.roleArn) === id);
  }
}

function accessKeyId(roleArn: string): string {
  const characters = Array.from(digest('access key id', roleArn).subarray(0, 16), (byte) => KEY_CHARACTERS[byte % 32]);
  return `ASIA${characters.join('')}`;
}

function digest(purpose: string, roleArn: string): Buffer {
  return createHash('sha512').update(`${purpose} ${roleArn}`).digest();
}
