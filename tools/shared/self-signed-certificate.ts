import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

/** The files of a key and of its certificate for 127.0.0.1. */
export interface SelfSignedCertificate {
  readonly key: string;
  readonly certificate: string;
}

/** Makes a key and a certificate that is valid for a day, in a folder, with OpenSSL. */
export function makeSelfSignedCertificate(folder: string): SelfSignedCertificate {
  const [key, certificate] = [join(folder, 'key.pem'), join(folder, 'certificate.pem')];
  const algorithm = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'];
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1'];
  const output = ['-nodes', '-keyout', key, '-out', certificate];
  execFileSync('openssl', ['req', '-x509', '-days', '1', ...algorithm, ...subject, ...output], { stdio: 'ignore' });
  return { key, certificate };
}
