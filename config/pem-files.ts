import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Problem } from './problems.js';

/** A certificate or key as it was given: the file's path, or the text itself. */
type PemSource = { path: string } | { data: string | Uint8Array };

export interface PemReader {
  certificate(variable: string, source: PemSource): string | undefined;
  /** @param passphrase of an encrypted key */
  privateKey(variable: string, source: PemSource, passphrase?: string): string | undefined;
  /** Reports when the key belongs to another certificate; says nothing of texts that are missing. */
  pair(variables: string, certificate: string | undefined, key: string | undefined, passphrase?: string): void;
}

/** Reads certificates and keys; what cannot be used is reported under the name of the variable and read as undefined. */
export function pemReader(report: (problem: Problem) => void): PemReader {
  const read = (
    variable: string,
    source: PemSource,
    check: (pem: string) => unknown,
    kind: string,
  ): string | undefined => {
    const remedy = `Set it to ${kind} in PEM.`;
    const named = 'path' in source ? `the file ${source.path}` : 'its value';
    let pem: string;
    try {
      pem = 'path' in source ? readFileSync(source.path, 'utf8') : Buffer.from(source.data).toString('utf8');
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      report({
        variable,
        what: `${named} cannot be read (${code}).`,
        remedy: 'Name a file that this process may read.',
      });
      return undefined;
    }
    try {
      check(pem);
      return pem;
    } catch {
      // The cause may quote what it was given.
      report({ variable, what: `${named} is not ${kind} in PEM.`, remedy });
      return undefined;
    }
  };
  return {
    certificate: (variable, source) => read(variable, source, (pem) => new X509Certificate(pem), 'a certificate'),
    privateKey: (variable, source, passphrase) =>
      read(
        variable,
        source,
        (pem) => keyOf(pem, passphrase),
        passphrase ? 'a private key of this passphrase' : 'a private key without passphrase',
      ),
    pair(variable, certificate, key, passphrase) {
      if (certificate === undefined || key === undefined) return;
      if (new X509Certificate(certificate).checkPrivateKey(keyOf(key, passphrase))) return;
      report({
        variable,
        what: 'the key does not belong to the certificate.',
        remedy: 'Name the key it was made with.',
      });
    },
  };
}

const keyOf = (pem: string, passphrase?: string): KeyObject => createPrivateKey({ key: pem, passphrase });
