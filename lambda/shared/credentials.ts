/**
 * Replaces the SDK's chain of credential providers in the bundle. Lambda passes credentials in environment variables
 * only, and the rest of the chain would be a third of the bundle.
 */
export { fromEnv as defaultProvider } from '@aws-sdk/credential-provider-env';
