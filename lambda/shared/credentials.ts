/**
 * Stands in the bundle for the SDK's chain of credential providers: Lambda hands credentials over in environment
 * variables and nowhere else, and the rest of the chain is a third of the bundle.
 */
export { fromEnv as defaultProvider } from '@aws-sdk/credential-provider-env';
