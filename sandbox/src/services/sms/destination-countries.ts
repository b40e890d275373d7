/** The calling codes of some countries. The destination of an identity of another country is not checked. */
const CALLING_CODES: Readonly<Record<string, string>> = {
  AU: '61',
  CA: '1',
  CN: '86',
  DE: '49',
  ES: '34',
  FR: '33',
  GB: '44',
  IE: '353',
  IN: '91',
  IT: '39',
  JP: '81',
  NL: '31',
  PR: '1',
  SE: '46',
  SG: '65',
  US: '1',
};

/**
 * Those of Canada, the United States and China.
 *
 * @see https://docs.aws.amazon.com/sms-voice/latest/userguide/sender-id.html
 */
const CALLING_CODES_WITHOUT_SENDER_IDS = ['+1', '+86'];

/** Whether the country of a phone number supports sender ids. */
export function supportsSenderIds(destination: string): boolean {
  return !CALLING_CODES_WITHOUT_SENDER_IDS.some((code) => destination.startsWith(code));
}

/** Whether an identity can send to the country of a phone number: only to its own. */
export function canSendTo(identity: { kind: string; isoCountryCode?: string }, destination: string): boolean {
  if (identity.kind === 'SENDER_ID' && !supportsSenderIds(destination)) return false;
  const code = CALLING_CODES[identity.isoCountryCode ?? ''];
  return code === undefined || destination.startsWith(`+${code}`);
}
