import { type Json, ServiceError } from '../../model';
import { usesCustomAcrNames } from './assumptions';

/** The feature plans, the smallest first. */
const TIERS = ['LITE', 'ESSENTIALS', 'PLUS'];

interface Feature {
  readonly name: string;
  readonly tier: 'ESSENTIALS' | 'PLUS';
  /** Whether these properties use the feature. */
  readonly isUsed: (properties: Json) => boolean;
}

/**
 * What a feature plan must include before a user pool can use it.
 *
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-sign-in-feature-plans.html
 */
const FEATURES: readonly Feature[] = [
  {
    name: 'choice-based sign-in',
    tier: 'ESSENTIALS',
    isUsed: ({ Policies }) => {
      const factors = at(Policies, 'SignInPolicy', 'AllowedFirstAuthFactors');
      return Array.isArray(factors) && factors.some((factor) => factor !== 'PASSWORD');
    },
  },
  {
    name: 'password history',
    tier: 'ESSENTIALS',
    isUsed: ({ Policies }) => Number(at(Policies, 'PasswordPolicy', 'PasswordHistorySize') ?? 0) > 0,
  },
  {
    name: 'access token customization',
    tier: 'ESSENTIALS',
    isUsed: ({ LambdaConfig }) =>
      ['V2_0', 'V3_0'].includes(String(at(LambdaConfig, 'PreTokenGenerationConfig', 'LambdaVersion'))),
  },
  {
    name: 'dynamic client registration',
    tier: 'ESSENTIALS',
    isUsed: ({ DcrConfiguration }) =>
      DcrConfiguration !== undefined && at(DcrConfiguration, 'EnableStatus') !== 'Disabled',
  },
  {
    name: 'custom ACR level names',
    tier: 'ESSENTIALS',
    isUsed: ({ AcrConfiguration }) => usesCustomAcrNames(AcrConfiguration),
  },
  {
    name: 'email MFA',
    tier: 'ESSENTIALS',
    isUsed: ({ EnabledMfas }) => Array.isArray(EnabledMfas) && EnabledMfas.includes('EMAIL_OTP'),
  },
  {
    name: 'passkeys as MFA',
    tier: 'ESSENTIALS',
    isUsed: ({ WebAuthnFactorConfiguration }) => WebAuthnFactorConfiguration === 'MULTI_FACTOR_WITH_USER_VERIFICATION',
  },
  {
    name: 'threat protection',
    tier: 'PLUS',
    isUsed: ({ UserPoolAddOns }) => (at(UserPoolAddOns, 'AdvancedSecurityMode') ?? 'OFF') !== 'OFF',
  },
];

/**
 * Throws FeatureUnavailableInTierException for a feature that the request uses, and TierChangeNotAllowedException for one
 * that the user pool keeps, when the feature plan lacks it.
 *
 * @param changed the properties after the update
 */
export function validateTier(request: Json, changed: Json, tier: string): void {
  const lacks = (feature: Feature) => TIERS.indexOf(feature.tier) > TIERS.indexOf(tier);
  const unavailable = FEATURES.find((feature) => lacks(feature) && feature.isUsed(request));
  if (unavailable !== undefined) {
    throw new ServiceError(
      'FeatureUnavailableInTierException',
      `The feature plan ${tier} does not include ${unavailable.name}.`,
    );
  }
  const inUse = FEATURES.find((feature) => lacks(feature) && feature.isUsed(changed));
  if (inUse !== undefined) {
    throw new ServiceError(
      'TierChangeNotAllowedException',
      `The feature plan cannot change to ${tier} while the user pool uses ${inUse.name}.`,
    );
  }
}

function at(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>((node, name) => (node as Json | undefined)?.[name], value);
}
