/** The calling codes of some countries; of others nothing is checked. */
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

/** Of Canada and the United States, and of China. @see https://docs.aws.amazon.com/sms-voice/latest/userguide/sender-id.html */
const CALLING_CODES_WITHOUT_SENDER_IDS = ['+1', '+86'];

/** Whether there are sender ids in the country of a number. */
export function supportsSenderIds(destination: string): boolean {
  return !CALLING_CODES_WITHOUT_SENDER_IDS.some((code) => destination.startsWith(code));
}

/** Whether messages of an identity are for the country of a number. A sender id is good for its own country only. */
export function canSendTo(identity: { kind: string; isoCountryCode?: string }, destination: string): boolean {
  if (identity.kind === 'SENDER_ID' && !supportsSenderIds(destination)) return false;
  const code = CALLING_CODES[identity.isoCountryCode ?? ''];
  return code === undefined || destination.startsWith(`+${code}`);
}
