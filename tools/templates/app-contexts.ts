const NUMBER = 'arn:aws:sms-voice:us-east-1:111122223333:phone-number/phone-0123456789abcdef0123456789abcdef';

/** Contexts of the app of bin/, as with `cdk synth -c`. */
export const APP_CONTEXTS = {
  alone: {},
  attached: { userPoolId: 'eu-west-1_AbCdEfGhI' },
  mail: { fromEmail: 'no-reply@example.com' },
  'direct-sms': { fromEmail: 'no-reply@example.com', originationIdentityArn: NUMBER },
  'sns-sms': { snsSms: 'true' },
  'whole-quota': {
    globalSignOut: 'false',
    maxResetsPerSecond: '30',
    useWholeQuota: 'true',
    parameterPrefix: '/passwords',
  },
} as const satisfies Readonly<Record<string, Readonly<Record<string, string>>>>;
