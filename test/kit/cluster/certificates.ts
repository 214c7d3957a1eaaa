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

export interface CertificateChain {
  /** PEM, all of them; `cert` is the server's own. */
  root: string;
  intermediate: string;
  cert: string;
  key: string;
}

/** A root, an intermediate it signed, and a certificate the intermediate signed, as public and corporate authorities have them. */
export async function makeCertificateChain(): Promise<CertificateChain> {
  x509.cryptoProvider.set(crypto);
  const [rootKeys, intermediateKeys, keys] = await Promise.all(
    [1, 2, 3].map(() => crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify'])),
  );
  if (!rootKeys || !intermediateKeys || !keys) throw new Error('unreachable: three pairs of keys were made');
  const valid = { notBefore: new Date(Date.now() - YEAR), notAfter: new Date(Date.now() + YEAR) };
  const signedBy = (signer: typeof keys) => ({ signingKey: signer.privateKey, signingAlgorithm: ALGORITHM, ...valid });
  const authority = new x509.BasicConstraintsExtension(true, undefined, true);
  const root = await x509.X509CertificateGenerator.createSelfSigned({
    name: 'CN=root',
    keys: rootKeys,
    signingAlgorithm: ALGORITHM,
    extensions: [authority],
    ...valid,
  });
  const intermediate = await x509.X509CertificateGenerator.create({
    subject: 'CN=intermediate',
    issuer: root.subject,
    publicKey: intermediateKeys.publicKey,
    extensions: [authority],
    ...signedBy(rootKeys),
  });
  const certificate = await x509.X509CertificateGenerator.create({
    subject: 'CN=server',
    issuer: intermediate.subject,
    publicKey: keys.publicKey,
    extensions: [new x509.SubjectAlternativeNameExtension([{ type: 'ip', value: '127.0.0.1' }])],
    ...signedBy(intermediateKeys),
  });
  const key = x509.PemConverter.encode(await crypto.subtle.exportKey('pkcs8', keys.privateKey), 'PRIVATE KEY');
  return {
    root: root.toString('pem'),
    intermediate: intermediate.toString('pem'),
    cert: certificate.toString('pem'),
    key,
  };
}
