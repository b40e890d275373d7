// A bundle of its own, loaded only when the reset function signs.
export { Signer } from '../shared/signing/signer';
