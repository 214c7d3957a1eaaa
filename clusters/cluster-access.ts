import { createHash, X509Certificate } from 'node:crypto';
import { LONGEST_CA_BUNDLE, pemCertificates } from '../resources/meta/pem-certificates.js';

/** What is needed to speak with a cluster as one identity. Holds secrets: never log it, never put it into an error. */
export interface ClusterAccess {
  /** Name of the MigCluster, for messages. */
  name: string;
  /** API server's URL, with a path if it is served below one. */
  server: string;
  token?: string;
  /** PEM, both. */
  clientCert?: { cert: string; key: string };
  /** Base64 of one or more PEM certificates, as in MigCluster's `spec.caBundle`. Without it the public authorities are trusted. */
  caBundle?: string;
  /** Do not verify the server's certificate. */
  insecure?: boolean;
  /** Hash of the one public key that the server must prove; nothing is sent to any other. */
  serverKey?: string;
  /** Make no connection to addresses of this machine. */
  refuseLoopback?: boolean;
}

/** An address or credential that cannot be used as it is written. The message names the field and never holds a value that may be secret. */
export class InvalidClusterAccess extends Error {
  override readonly name = 'InvalidClusterAccess';

  constructor(
    readonly field: string,
    message: string,
  ) {
    super(message);
  }
}

interface TlsOptions {
  ca?: string;
  /** Every certificate of the bundle is trusted by itself, as by kubectl, Go and curl: also an intermediate, or the server's own. */
  allowPartialTrustChain?: boolean;
  cert?: string;
  key?: string;
  rejectUnauthorized: boolean;
}

/** {@link ClusterAccess} checked and in the form that undici and ws take. */
export interface ConnectionSettings {
  /** `https://host:port` */
  origin: string;
  /** Path the API is served below, without a slash at the end; usually empty. */
  basePath: string;
  headers: Record<string, string>;
  tls: TlsOptions;
  serverKey?: string;
  /** Host names and addresses that are refused. */
  addresses: { refuseLoopback?: boolean };
}

/** @throws InvalidClusterAccess */
export function connectionSettings(access: ClusterAccess): ConnectionSettings {
  const url = URL.parse(access.server);
  if (!url || !['https:', 'http:'].includes(url.protocol)) {
    throw new InvalidClusterAccess(
      'spec.url',
      `spec.url of cluster "${access.name}" is not a URL like https://api.example.com:6443.`,
    );
  }
  if (url.username !== '' || url.password !== '') {
    throw new InvalidClusterAccess(
      'spec.url',
      `spec.url of cluster "${access.name}" holds a user name or password. Remove what stands before the @.`,
    );
  }
  const token = access.token?.trim();
  if (url.protocol === 'http:' && token) {
    throw new InvalidClusterAccess(
      'spec.url',
      `spec.url of cluster "${access.name}" begins with http:, which would send the token in plain text. Use https:.`,
    );
  }
  if (token && !/^[\x21-\x7e]+$/.test(token)) {
    throw new InvalidClusterAccess(
      'saToken',
      `The token of cluster "${access.name}" holds spaces, line breaks or non-ASCII characters. Check that it was copied completely and base64-encoded once.`,
    );
  }
  return {
    origin: url.origin,
    basePath: url.pathname.replace(/\/+$/, ''),
    // The API server makes the field manager of plain writes from the agent's name.
    headers: { 'user-agent': 'openshift-migration', ...(token ? { authorization: `Bearer ${token}` } : {}) },
    tls: {
      ...(access.caBundle && { ca: decodeCaBundle(access.caBundle, access.name), allowPartialTrustChain: true }),
      cert: access.clientCert?.cert,
      key: access.clientCert?.key,
      rejectUnauthorized: !access.insecure,
    },
    serverKey: access.serverKey,
    addresses: { refuseLoopback: access.refuseLoopback },
  };
}

/** Hash of the certificates that a server is verified with, in whatever order and form the bundle has them. */
export function authoritiesHash(bundle: string, name: string): string {
  const certificates = pemCertificates(decodeCaBundle(bundle, name)).map(
    (pem) => new X509Certificate(pem).fingerprint256,
  );
  return createHash('sha256')
    .update([...new Set(certificates)].sort().join('\n'))
    .digest('hex');
}

function decodeCaBundle(bundle: string, name: string): string {
  const invalid = (why: string): InvalidClusterAccess =>
    new InvalidClusterAccess('spec.caBundle', `spec.caBundle of cluster "${name}" ${why}`);
  if (bundle.length > LONGEST_CA_BUNDLE) {
    throw invalid(`has more than ${LONGEST_CA_BUNDLE} characters. Leave in it only what the server is verified with.`);
  }
  const certificates = pemCertificates(Buffer.from(bundle, 'base64').toString('utf8'));
  try {
    if (certificates.length === 0) {
      throw new Error('no certificate found');
    }
    for (const certificate of certificates) {
      new X509Certificate(certificate);
    }
  } catch {
    throw invalid('is not base64 of PEM certificates. Make it with: base64 -w 0 ca.crt');
  }
  return certificates.join('\n');
}
