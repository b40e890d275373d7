import { CfnDeletionPolicy, type CfnResource, type IResolvable, Lazy, RemovalPolicy, Token } from 'aws-cdk-lib';
import { type OriginationKeyword, OriginationKeywordAction } from '../origination-identity';

/** The opt-out list that AWS assigns to a number or pool unless another one is named. */
export const DEFAULT_OPT_OUT_LIST_NAME = 'Default';

/** The properties that phone numbers and pools share. */
export interface OriginationSettings {
  readonly helpMessage: string;
  readonly stopMessage: string;
  readonly keywords?: OriginationKeyword[];
  readonly optOutListName?: string;
}

/** Validates the shared properties and renders them for CloudFormation. */
export function renderOriginationSettings(settings: OriginationSettings) {
  const { helpMessage, stopMessage, keywords, optOutListName } = settings;
  validateKeywordMessage('helpMessage', helpMessage);
  validateKeywordMessage('stopMessage', stopMessage);
  validateKeywords(keywords ?? []);
  validateOptOutListName(optOutListName);
  return {
    mandatoryKeywords: { help: { message: helpMessage }, stop: { message: stopMessage } },
    optionalKeywords: keywords?.map(({ keyword, message, action }) => ({
      keyword,
      message,
      action: action ?? OriginationKeywordAction.AUTOMATIC_RESPONSE,
    })),
    optOutListName,
  };
}

/**
 * Applies the removal policy, and enables deletion protection for a resource that is retained, so that it cannot be
 * deleted outside of CloudFormation either. The value is lazy, because an aspect may change the policy until synth.
 * RETAIN_ON_UPDATE_OR_DELETE does not enable it: CloudFormation could not roll back a failed creation.
 */
export function applyRemovalPolicy(
  resource: CfnResource & { deletionProtectionEnabled?: boolean | IResolvable },
  removalPolicy: RemovalPolicy = RemovalPolicy.RETAIN,
): void {
  resource.applyRemovalPolicy(removalPolicy);
  resource.deletionProtectionEnabled = Lazy.any({
    produce: () => resource.cfnOptions.deletionPolicy === CfnDeletionPolicy.RETAIN,
  });
}

/** @see https://docs.aws.amazon.com/pinpoint/latest/apireference_smsvoicev2/API_RequestPhoneNumber.html */
export function validateCountryCode(isoCountryCode: string): void {
  if (!Token.isUnresolved(isoCountryCode) && !/^[A-Z]{2}$/.test(isoCountryCode)) {
    throw new Error(
      `isoCountryCode: got ${JSON.stringify(isoCountryCode)}, expected two upper-case letters of ISO 3166-1, such as US, because AWS accepts no other form`,
    );
  }
}

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-smsvoice-phonenumber-mandatorykeyword.html */
function validateKeywordMessage(property: string, message: string): void {
  if (!Token.isUnresolved(message) && (message.trim() === '' || message.length > 1600)) {
    throw new Error(
      `${property}: got ${message.length} characters${message.trim() === '' ? ', none of them visible' : ''}, expected 1–1,600, because AWS accepts no other response to a keyword`,
    );
  }
}

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-smsvoice-phonenumber-optionalkeyword.html */
function validateKeywords(keywords: readonly OriginationKeyword[]): void {
  const seen = new Set<string>();
  for (const [index, { keyword, message }] of keywords.entries()) {
    validateKeywordMessage(`keywords[${index}].message`, message);
    if (Token.isUnresolved(keyword)) continue;
    const got = `keywords[${index}].keyword: got ${JSON.stringify(keyword)}, expected`;
    if (!/^[ \S]{1,30}$/.test(keyword) || keyword !== keyword.trim()) {
      throw new Error(`${got} 1–30 characters without a space at either end, because AWS accepts no others`);
    }
    if (/stop|help/i.test(keyword)) {
      throw new Error(
        `${got} a word without HELP or STOP in it, because every number has these keywords already: set helpMessage and stopMessage`,
      );
    }
    if (seen.has(keyword.toUpperCase())) {
      throw new Error(`${got} each keyword once, because keywords are case-insensitive`);
    }
    seen.add(keyword.toUpperCase());
  }
}

/** @see https://docs.aws.amazon.com/pinpoint/latest/apireference_smsvoicev2/API_RequestPhoneNumber.html */
function validateOptOutListName(name: string | undefined): void {
  if (name !== undefined && !Token.isUnresolved(name) && !/^[A-Za-z0-9_:/-]{1,256}$/.test(name)) {
    throw new Error(
      `optOutListName: got ${JSON.stringify(name)}, expected the name or the ARN of an opt-out list: 1–256 letters, digits, and _ : / -`,
    );
  }
}
