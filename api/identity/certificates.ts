import 'reflect-metadata';
import { createPrivateKey, createPublicKey, randomBytes, type webcrypto, X509Certificate } from 'node:crypto';
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

/** PEM, PKCS #8. */
export async function createKey(): Promise<string> {
  return pemOf((await makeKeys()).privateKey);
}

const makeKeys = (): Promise<webcrypto.CryptoKeyPair> => crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);

const pemOf = async (key: webcrypto.CryptoKey): Promise<string> =>
  `${x509.PemConverter.encode(await crypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY')}\n`;

/** Both keys of a private one in PEM. */
async function importKeys(pem: string): Promise<webcrypto.CryptoKeyPair> {
  const publicKey = createPublicKey(pem).export({ type: 'spki', format: 'der' });
  return {
    privateKey: await crypto.subtle.importKey('pkcs8', x509.PemConverter.decodeFirst(pem), ALGORITHM, false, ['sign']),
    publicKey: await crypto.subtle.importKey('spki', publicKey, ALGORITHM, true, ['verify']),
  };
}

/** The certificate of an authority of this installation alone, in PEM. */
export async function certifyAuthority(key: string): Promise<string> {
  const keys = await importKeys(key);
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
  return `${certificate.toString('pem')}\n`;
}

/** A server certificate for the host names and addresses. */
export async function issueServerCertificate(
  authority: KeyAndCertificate,
  hosts: readonly string[],
): Promise<KeyAndCertificate> {
  const issuer = new x509.X509Certificate(authority.cert);
  const { privateKey: signingKey } = await importKeys(authority.key);
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
  return { cert: `${certificate.toString('pem')}\n`, key: await pemOf(keys.privateKey) };
}

/** Whether a stored server certificate is of its key and of the authority, names all hosts and lasts a while. */
export function stillServes(
  { cert, key }: KeyAndCertificate,
  authority: KeyAndCertificate,
  hosts: readonly string[],
): boolean {
  const certificate = new x509.X509Certificate(cert);
  const names = certificate.getExtension(x509.SubjectAlternativeNameExtension)?.names.items.map(({ value }) => value);
  return (
    new X509Certificate(cert).checkPrivateKey(createPrivateKey(key)) &&
    certificate.issuer === new x509.X509Certificate(authority.cert).subject &&
    hosts.every((host) => names?.includes(host)) &&
    certificate.notAfter.getTime() > Date.now() + RENEW_DAYS * DAY_MS
  );
}
