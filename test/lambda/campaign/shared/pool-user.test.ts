import type { UserStatusType } from '@aws-sdk/client-cognito-identity-provider';
import { describeUser, type PoolUser, resettability } from '../../../../lambda/campaign/shared/pool-user';
import type { Channel } from '../../../../lib/contract/campaign';

const SUB = '0f8fad5b-d9cb-469f-a165-70867728950e';

const BOTH: readonly Channel[] = ['EMAIL', 'SMS'];
const EVERY_CHOICE: readonly (readonly Channel[])[] = [[], ['EMAIL'], ['SMS'], BOTH];

/** The orders of account recovery. The empty one is that of a pool where only an administrator recovers accounts. */
const RECOVERIES: readonly (readonly Channel[])[] = [['EMAIL', 'SMS'], ['SMS', 'EMAIL'], ['EMAIL'], ['SMS'], []];

const STATUSES: readonly (UserStatusType | undefined)[] = [
  'ARCHIVED',
  'COMPROMISED',
  'CONFIRMED',
  'EXTERNAL_PROVIDER',
  'FORCE_CHANGE_PASSWORD',
  'RESET_REQUIRED',
  'UNCONFIRMED',
  'UNKNOWN',
  undefined,
];

/** Statuses whose users are never reset. */
const REASONS = {
  EXTERNAL_PROVIDER: 'EXTERNAL_PROVIDER',
  FORCE_CHANGE_PASSWORD: 'FORCE_CHANGE_PASSWORD',
  RESET_REQUIRED: 'ALREADY_RESET_REQUIRED',
};

const user = (about: Partial<PoolUser> = {}): PoolUser => ({
  sub: SUB,
  username: 'jane',
  enabled: true,
  status: 'CONFIRMED',
  verified: BOTH,
  mfa: [],
  ...about,
});

/** Every user of some kind, and every order of recovery. */
function* everyUser(about: Partial<PoolUser>): Generator<[PoolUser, readonly Channel[]]> {
  for (const verified of EVERY_CHOICE)
    for (const mfa of EVERY_CHOICE)
      for (const recovery of RECOVERIES) yield [user({ verified, mfa, ...about }), recovery];
}

describe('a user that is skipped', () => {
  test.each(STATUSES)('has the reason DISABLED when disabled, whatever the channels, with status %s', (status) => {
    for (const [disabled, recovery] of everyUser({ status, enabled: false })) {
      expect(resettability(disabled, recovery)).toEqual({ skip: 'DISABLED' });
    }
  });

  test.each(Object.entries(REASONS))('has the status %s, whatever the channels, and the reason %s', (status, skip) => {
    for (const [enabled, recovery] of everyUser({ status: status as UserStatusType })) {
      expect(resettability(enabled, recovery)).toEqual({ skip });
    }
  });

  test.each(STATUSES)('is that of a campaign for RESET_REQUIRED, unless it has this status: %s', (status) => {
    const skip = status === 'EXTERNAL_PROVIDER' || status === 'FORCE_CHANGE_PASSWORD' ? status : 'NOT_RESET_REQUIRED';
    for (const [enabled, recovery] of everyUser({ status })) {
      const withoutAudience = resettability({ ...enabled, status: 'CONFIRMED' }, recovery);
      expect(resettability(enabled, recovery, 'RESET_REQUIRED')).toEqual(
        status === 'RESET_REQUIRED' ? withoutAudience : { skip },
      );
      expect(resettability({ ...enabled, enabled: false }, recovery, 'RESET_REQUIRED')).toEqual({ skip: 'DISABLED' });
    }
  });

  test('has the reason NO_VERIFIED_CONTACT in a pool where only an administrator recovers accounts', () => {
    expect(resettability(user(), [])).toEqual({ skip: 'NO_VERIFIED_CONTACT' });
  });
});

describe('the user name', () => {
  const OTHER_SUB = '1a8fad5b-d9cb-469f-a165-70867728950f';

  test.each([OTHER_SUB, OTHER_SUB.toUpperCase(), '00000000-0000-0000-0000-000000000000'])(
    '%s could be the sub of another user, who could be reset instead: AMBIGUOUS_NAME',
    (username) => {
      expect(resettability(user({ username }), BOTH)).toEqual({ skip: 'AMBIGUOUS_NAME' });
    },
  );

  test.each([SUB, SUB.toUpperCase(), 'jane', `${OTHER_SUB}-1`, `x${OTHER_SUB}`, OTHER_SUB.replaceAll('-', '')])(
    "%s is no other user's sub",
    (username) => {
      expect(resettability(user({ username }), BOTH)).toEqual({ channel: 'EMAIL' });
    },
  );

  test('gives way to another reason to skip the user', () => {
    expect(resettability(user({ username: OTHER_SUB, enabled: false }), BOTH)).toEqual({ skip: 'DISABLED' });
  });
});

describe.each(STATUSES.filter((status) => !(String(status) in REASONS)))('a user with status %s', (status) => {
  // Verified channels, channels of MFA, and the channel of the code for each of the RECOVERIES but the empty one.
  test.each<[verified: readonly Channel[], mfa: readonly Channel[], channels: readonly (Channel | undefined)[]]>([
    [[], [], [undefined, undefined, undefined, undefined]],
    [['EMAIL'], [], ['EMAIL', 'EMAIL', 'EMAIL', undefined]],
    [['SMS'], [], ['SMS', 'SMS', undefined, 'SMS']],
    [BOTH, [], ['EMAIL', 'SMS', 'EMAIL', 'SMS']],
    [[], ['EMAIL'], [undefined, undefined, undefined, undefined]],
    [['EMAIL'], ['EMAIL'], [undefined, undefined, undefined, undefined]],
    [['SMS'], ['EMAIL'], ['SMS', 'SMS', undefined, 'SMS']],
    [BOTH, ['EMAIL'], ['SMS', 'SMS', undefined, 'SMS']],
    [[], ['SMS'], [undefined, undefined, undefined, undefined]],
    [['EMAIL'], ['SMS'], ['EMAIL', 'EMAIL', 'EMAIL', undefined]],
    [['SMS'], ['SMS'], [undefined, undefined, undefined, undefined]],
    [BOTH, ['SMS'], ['EMAIL', 'EMAIL', 'EMAIL', undefined]],
    [[], BOTH, [undefined, undefined, undefined, undefined]],
    [['EMAIL'], BOTH, [undefined, undefined, undefined, undefined]],
    [['SMS'], BOTH, [undefined, undefined, undefined, undefined]],
    [BOTH, BOTH, [undefined, undefined, undefined, undefined]],
  ])('gets a code by the preferred channel: verified %j, MFA %j, channels %j', (verified, mfa, channels) => {
    const verdicts = RECOVERIES.slice(0, -1).map((recovery) =>
      resettability(user({ status, verified, mfa }), recovery),
    );

    expect(verdicts).toEqual(
      channels.map((channel) => (channel === undefined ? { skip: 'NO_VERIFIED_CONTACT' } : { channel })),
    );
  });
});

describe('the description of a user', () => {
  const attributes = (values: Record<string, string | undefined>) =>
    Object.entries(values).map(([Name, Value]) => ({ Name, Value }));

  test('keeps nothing that can contact or identify a person, whatever attributes ListUsers returns', () => {
    const kept = { sub: SUB, email_verified: 'true' };
    const personal = {
      email: 'ann@example.com',
      phone_number: '+15550100',
      name: 'Ann',
      preferred_username: 'ann-1',
      identities: '[{"userId":"ann"}]',
      'custom:badge': '4711',
    };
    const listed = { Username: 'ann', Enabled: true, UserStatus: 'CONFIRMED' } as const;

    expect(describeUser(listed, attributes({ ...personal, ...kept }))).toEqual(describeUser(listed, attributes(kept)));
  });

  test('has no MFA channels when it comes from ListUsers', () => {
    const listed = {
      Username: 'ann',
      Enabled: true,
      UserStatus: 'CONFIRMED',
      Attributes: attributes({ email_verified: 'true', phone_number_verified: 'false', sub: SUB }),
    } as const;

    expect(describeUser(listed, listed.Attributes)).toEqual(user({ username: 'ann', verified: ['EMAIL'] }));
  });

  test('has no email address or phone number when it comes from AdminGetUser', () => {
    const found = attributes({
      sub: SUB,
      email: 'ann@example.com',
      email_verified: 'true',
      phone_number: '+15550100',
      phone_number_verified: 'true',
    });
    const factors = ['SOFTWARE_TOKEN_MFA', 'SMS_MFA', 'WEB_AUTHN_MFA'];

    expect(describeUser({ Username: 'ann', Enabled: false, UserStatus: 'UNCONFIRMED' }, found, factors)).toEqual({
      sub: SUB,
      username: 'ann',
      enabled: false,
      status: 'UNCONFIRMED',
      verified: ['EMAIL', 'SMS'],
      mfa: ['SMS'],
    });
  });

  test.each([
    [[], []],
    [['SOFTWARE_TOKEN_MFA'], []],
    [['EMAIL_OTP'], ['EMAIL']],
    [['SMS_MFA'], ['SMS']],
    [
      ['EMAIL_OTP', 'SOFTWARE_TOKEN_MFA', 'SMS_MFA'],
      ['EMAIL', 'SMS'],
    ],
  ])('maps the MFA settings %j to the channels %j', (factors, mfa) => {
    expect(describeUser({ Username: 'ann', Enabled: true }, attributes({ sub: SUB }), factors)?.mfa).toEqual(mfa);
  });

  test.each(['false', '', 'TRUE', 'yes', undefined])('counts no channel as verified whose attribute is %j', (value) => {
    const found = attributes({ sub: SUB, email_verified: value, phone_number_verified: value });

    expect(describeUser({ Username: 'ann', Enabled: true }, found)?.verified).toEqual([]);
  });

  test('says that the user is enabled when AWS does not say otherwise', () => {
    expect(describeUser({ Username: 'ann' }, attributes({ sub: SUB }))).toMatchObject({
      enabled: true,
      status: undefined,
    });
  });

  test.each([[undefined], [[]], [attributes({ email_verified: 'true' })]])(
    'is undefined for a user without a sub, with the attributes %j',
    (found) => {
      expect(describeUser({ Username: 'ann', Enabled: true, UserStatus: 'CONFIRMED' }, found)).toBeUndefined();
    },
  );

  test('is undefined for a user without a user name, whom no call could reach', () => {
    expect(describeUser({ Enabled: true }, attributes({ sub: SUB }))).toBeUndefined();
  });
});
