import 'reflect-metadata';
import * as x509 from '@peculiar/x509';

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const YEAR = 365 * 24 * 3600_000;

export interface ServerCertificate {
  /** PEM, all three. */
  ca: string;
  cert: string;
  key: string;
}

/** A certificate authority of its own and a certificate it signed for the given host names and addresses. */
export async function makeServerCertificate(
  hosts: string[] = ['localhost', '127.0.0.1'],
  notAfter: Date = new Date(Date.now() + YEAR),
): Promise<ServerCertificate> {
  x509.cryptoProvider.set(crypto);
  const notBefore = new Date(notAfter.getTime() - 2 * YEAR);
  const authorityKeys = await crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const authority = await x509.X509CertificateGenerator.createSelfSigned({
    name: 'CN=kubernetes',
    notBefore,
    notAfter: new Date(Date.now() + YEAR),
    keys: authorityKeys,
    signingAlgorithm: ALGORITHM,
    extensions: [new x509.BasicConstraintsExtension(true, undefined, true)],
  });
  const keys = await crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.create({
    subject: 'CN=kube-apiserver',
    issuer: authority.subject,
    notBefore,
    notAfter,
    publicKey: keys.publicKey,
    signingKey: authorityKeys.privateKey,
    signingAlgorithm: ALGORITHM,
    extensions: [
      new x509.SubjectAlternativeNameExtension(
        hosts.map((value) => ({ type: /^[\d.]+$/.test(value) ? 'ip' : 'dns', value })),
      ),
    ],
  });
  const key = x509.PemConverter.encode(await crypto.subtle.exportKey('pkcs8', keys.privateKey), 'PRIVATE KEY');
  return { ca: authority.toString('pem'), cert: certificate.toString('pem'), key };
}
