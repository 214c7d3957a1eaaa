// The library's own need; it asks for it when it is loaded.
import 'reflect-metadata';
import { KeyObject, webcrypto } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as x509 from '@peculiar/x509';
import type { ClusterPlace } from './slot.js';
import { exists, makeFolder } from './state.js';

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const validity = () => ({
  notBefore: new Date(Date.now() - 3_600_000),
  notAfter: new Date(Date.now() + 3650 * 86_400_000),
});

const makeKeys = () => webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);

async function writeKey(file: string, keys: webcrypto.CryptoKeyPair): Promise<void> {
  // The API server reads the public half of a token key from this form, not from PKCS#8.
  const pem = KeyObject.from(keys.privateKey).export({ type: 'sec1', format: 'pem' });
  await writeFile(file, pem, { mode: 0o600 });
}

/** Files of a cluster's identity: its authority, its API server's certificate, the key that signs tokens. */
export interface Identity {
  authority: string;
  serverCertificate: string;
  serverKey: string;
  tokenKey: string;
}

/** The certificate of the authority that vouches for a cluster's API server. */
export const authorityFile = (place: ClusterPlace) => join(place.folder, 'pki', 'ca.crt');

/** Makes the identity of a cluster, once. */
export async function ensureIdentity(place: ClusterPlace): Promise<Identity> {
  const folder = await makeFolder(place.folder, 'pki');
  const identity: Identity = {
    authority: authorityFile(place),
    serverCertificate: join(folder, 'apiserver.crt'),
    serverKey: join(folder, 'apiserver.key'),
    tokenKey: join(folder, 'service-account.key'),
  };
  const last = identity.tokenKey;
  if (await exists(last)) return identity;

  const authorityKeys = await makeKeys();
  const authority = await x509.X509CertificateGenerator.createSelfSigned({
    name: `CN=lab-${place.name}`,
    keys: authorityKeys,
    signingAlgorithm: algorithm,
    ...validity(),
    extensions: [
      new x509.BasicConstraintsExtension(true, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(authorityKeys.publicKey),
    ],
  });
  const serverKeys = await makeKeys();
  const server = await x509.X509CertificateGenerator.create({
    subject: 'CN=kube-apiserver',
    issuer: authority.subject,
    publicKey: serverKeys.publicKey,
    signingKey: authorityKeys.privateKey,
    signingAlgorithm: algorithm,
    ...validity(),
    extensions: [
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension([
        { type: 'ip', value: place.nodeAddress },
        { type: 'ip', value: place.apiServiceAddress },
        { type: 'ip', value: '127.0.0.1' },
        { type: 'dns', value: 'kubernetes.default.svc' },
      ]),
    ],
  });
  await writeFile(identity.authority, authority.toString('pem'));
  await writeFile(identity.serverCertificate, server.toString('pem'));
  await writeKey(identity.serverKey, serverKeys);
  await writeKey(last, await makeKeys());
  return identity;
}
