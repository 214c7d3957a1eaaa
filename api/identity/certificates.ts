import 'reflect-metadata';
import { randomBytes, type webcrypto } from 'node:crypto';
import { isIP } from 'node:net';
import * as x509 from '@peculiar/x509';

export interface KeyAndCertificate {
  /** PEM. */
  cert: string;
  /** PEM, PKCS #8. */
  key: string;
}

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const DAY_MS = 24 * 60 * 60 * 1000;
const CA_DAYS = 3650;
const SERVER_DAYS = 365;
const RENEW_DAYS = 30;

const validity = (days: number) => ({
  // Clocks differ a little.
  notBefore: new Date(Date.now() - 5 * 60 * 1000),
  notAfter: new Date(Date.now() + days * DAY_MS),
});

const makeKeys = (): Promise<webcrypto.CryptoKeyPair> => crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);

async function toPem(certificate: x509.X509Certificate, key: webcrypto.CryptoKey): Promise<KeyAndCertificate> {
  const encoded = await crypto.subtle.exportKey('pkcs8', key);
  return { cert: `${certificate.toString('pem')}\n`, key: `${x509.PemConverter.encode(encoded, 'PRIVATE KEY')}\n` };
}

/** A certificate authority of this installation alone. */
export async function createAuthority(): Promise<KeyAndCertificate> {
  const keys = await makeKeys();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: 'CN=migration-toolkit',
    serialNumber: randomBytes(16).toString('hex'),
    signingAlgorithm: ALGORITHM,
    keys,
    ...validity(CA_DAYS),
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return toPem(certificate, keys.privateKey);
}

/** A server certificate for the host names and addresses. */
export async function issueServerCertificate(
  authority: KeyAndCertificate,
  hosts: readonly string[],
): Promise<KeyAndCertificate> {
  const issuer = new x509.X509Certificate(authority.cert);
  const signingKey = await crypto.subtle.importKey(
    'pkcs8',
    x509.PemConverter.decodeFirst(authority.key),
    ALGORITHM,
    false,
    ['sign'],
  );
  const keys = await makeKeys();
  const certificate = await x509.X509CertificateGenerator.create({
    subject: 'CN=migration-toolkit-api',
    issuer: issuer.subject,
    serialNumber: randomBytes(16).toString('hex'),
    signingAlgorithm: ALGORITHM,
    publicKey: keys.publicKey,
    signingKey,
    ...validity(SERVER_DAYS),
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension(
        hosts.map((value) => ({ type: isIP(value) ? ('ip' as const) : ('dns' as const), value })),
      ),
      await x509.AuthorityKeyIdentifierExtension.create(issuer),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return toPem(certificate, keys.privateKey);
}

/** Whether a stored server certificate is of the authority, names all hosts and lasts a while. */
export function stillServes(
  { cert }: KeyAndCertificate,
  authority: KeyAndCertificate,
  hosts: readonly string[],
): boolean {
  const certificate = new x509.X509Certificate(cert);
  const names = certificate.getExtension(x509.SubjectAlternativeNameExtension)?.names.items.map(({ value }) => value);
  return (
    certificate.issuer === new x509.X509Certificate(authority.cert).subject &&
    hosts.every((host) => names?.includes(host)) &&
    certificate.notAfter.getTime() > Date.now() + RENEW_DAYS * DAY_MS
  );
}
