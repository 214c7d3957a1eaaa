import { createHash, X509Certificate } from 'node:crypto';
import type { TLSSocket } from 'node:tls';
import { OTHER_SERVER_KEY } from '../resources/meta/connection-failures.js';
import { pemCertificates } from '../resources/meta/pem-certificates.js';

/** Certificates of a chain that are looked at. */
const LONGEST_CHAIN = 5;

/** The server proved another key than the one it was known by. Nothing was sent to it. */
export class OtherServerKey extends Error {
  readonly code = OTHER_SERVER_KEY;
  constructor() {
    super('the server proves another public key than before');
  }
}

/**
 * Hashes of the public keys a connection proves: first that of the server and, where its certificate was verified with a bundle, those of the
 * authorities in the bundle that signed it. Signatures are checked, since a server may send any certificate as its issuer's.
 */
export function serverKeysOf(socket: TLSSocket, bundle: string | undefined): string[] {
  const certificate = socket.getPeerX509Certificate();
  if (!certificate) return [];
  const trusted = bundle && socket.authorized ? pemCertificates(bundle).map((pem) => new X509Certificate(pem)) : [];
  const chain = [certificate];
  while (chain.length < LONGEST_CHAIN) {
    const last = chain.at(-1) as X509Certificate;
    const sent = last.issuerCertificate;
    const issuer = [...trusted, ...(sent ? [sent] : [])].find((one) => isIssuer(one, last));
    if (!issuer || issuer.fingerprint256 === last.fingerprint256) break;
    chain.push(issuer);
  }
  const vouching = chain.slice(1).filter((one) => trusted.some((root) => root.fingerprint256 === one.fingerprint256));
  return [certificate, ...vouching].map(keyOf);
}

const isIssuer = (issuer: X509Certificate, certificate: X509Certificate): boolean =>
  certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);

const keyOf = ({ publicKey }: X509Certificate): string =>
  createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest('hex');
