import type { Logger } from 'pino';
import type { KeyAndCertificate } from './certificates.js';
import { type LocalIdentity, loadAuthority, loadServerCertificate, tokenFile } from './local-identity.js';
import { readIfThere } from './private-files.js';
import { InvalidTokenFile } from './token-file.js';

export interface Periods {
  /** Milliseconds between two looks at the token file. */
  tokens: number;
  /** Milliseconds between two looks at the certificate of the server. */
  certificate: number;
}

const PERIODS: Periods = { tokens: 1_000, certificate: 24 * 60 * 60 * 1_000 };

/**
 * Reads the token file again when it has changed, and renews the certificate of the server before it ends, without a restart. The file is
 * read rather than watched: a mounted Secret is changed by swapping folders, which no watch of a file tells of. Returns what ends it.
 */
export function keepCurrent(
  folder: string,
  names: readonly string[],
  identity: LocalIdentity,
  told: {
    logger: Pick<Logger, 'info' | 'error'>;
    /** Other tokens are let in from now on. */
    onTokens(): Promise<void>;
    onCertificate(tls: KeyAndCertificate): void;
  },
  periods: Partial<Periods> = {},
): () => void {
  const { logger } = told;
  let known: string | undefined;

  const rereadTokens = async () => {
    const text = await readIfThere(tokenFile(folder));
    // A file that is gone changes nothing: whoever swaps it may be in between.
    if (text === undefined || known === text) return;
    known = text;
    if (!identity.tokens.replace(text)) return;
    await told.onTokens();
    logger.info('The token file has changed: its tokens are let in from now on, and no others');
  };
  const renewCertificate = async () => {
    const tls = await loadServerCertificate(folder, await loadAuthority(folder), names);
    if (tls.cert === identity.tls.cert) return;
    identity.tls = tls;
    told.onCertificate(tls);
    logger.info('The certificate of the API was renewed');
  };
  const every = (milliseconds: number, what: string, work: () => Promise<void>) => {
    let busy = false;
    const look = async () => {
      if (busy) return;
      busy = true;
      try {
        await work();
      } catch (error) {
        const why = error instanceof InvalidTokenFile ? error.message : (error as NodeJS.ErrnoException).code;
        logger.error({ why }, `${what} could not be renewed; what was there before is used further`);
      } finally {
        busy = false;
      }
    };
    return setInterval(() => void look(), milliseconds).unref();
  };

  const timers = [
    every(periods.tokens ?? PERIODS.tokens, 'The tokens of the API', rereadTokens),
    every(periods.certificate ?? PERIODS.certificate, 'The certificate of the API', renewCertificate),
  ];
  return () => timers.forEach(clearInterval);
}
