// The entry point of a bundle of its own, which is loaded only when the reset function signs.
export { Signer } from '../shared/signing/signer';
