import type { ConnectionOptions } from 'node:tls';
import { pemReader } from './pem-files.js';
import type { Problem } from './problems.js';

/** A Postgres database in the form that `pg` takes. */
export interface DatabaseTarget {
  /** Without the parameters about TLS. */
  url: string;
  tls: false | DatabaseTls;
}

type DatabaseTls = Pick<ConnectionOptions, 'rejectUnauthorized' | 'checkServerIdentity'> & {
  ca?: string;
  cert?: string;
  key?: string;
  passphrase?: string;
};

const VARIABLE = 'DATABASE_URL';
const MODES = ['disable', 'require', 'verify-ca', 'verify-full'] as const;
type Mode = (typeof MODES)[number];
const TLS_PARAMETERS = ['sslmode', 'sslrootcert', 'sslcert', 'sslkey', 'sslpassword'];
/** Value of `sslrootcert` that means the public authorities. */
const SYSTEM = 'system';

/**
 * Reads a libpq URL, whose TLS parameters mean here what they mean there (`pg` by itself takes some of them otherwise). Without
 * `sslmode` there is no TLS. `allow` and `prefer` are refused: whoever is between client and server can switch them off.
 *
 * @param report is called with each problem; none of them repeats the URL, which holds a password
 */
export function readDatabaseTarget(text: string, report: (problem: Problem) => void): DatabaseTarget | undefined {
  let failed = false;
  const refuse = (what: string, remedy: string): undefined => {
    failed = true;
    report({ variable: VARIABLE, what, remedy });
  };
  const url = parseUrl(text);
  if (url === undefined) {
    return refuse('its value is not a URL of Postgres.', 'Set it to postgres://user:password@host:port/database');
  }
  const parameters = new Map([...url.searchParams].filter(([name]) => name.startsWith('ssl')));
  for (const name of parameters.keys()) {
    if (TLS_PARAMETERS.includes(name)) url.searchParams.delete(name);
    else refuse(`the parameter ${name} is not supported.`, `Remove it; TLS takes ${TLS_PARAMETERS.join(', ')}.`);
  }
  const tls = readTls(parameters, refuse);
  return failed ? undefined : { url: url.href, tls };
}

function parseUrl(text: string): URL | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url && /^postgres(ql)?:$/.test(url.protocol) ? url : undefined;
}

function readTls(
  parameters: ReadonlyMap<string, string>,
  refuse: (what: string, remedy: string) => void,
): DatabaseTarget['tls'] {
  const mode = parameters.get('sslmode') ?? (parameters.size === 0 ? 'disable' : undefined);
  const rootCertificate = parameters.get('sslrootcert');
  const path = { certificate: parameters.get('sslcert'), key: parameters.get('sslkey') };
  if (!isMode(mode)) {
    refuse(
      mode === undefined ? 'it has parameters about TLS but no sslmode.' : `sslmode=${mode} is not supported.`,
      `Set sslmode to one of ${MODES.join(', ')}.`,
    );
    return false;
  }
  if (mode === 'disable') {
    if (parameters.size > 1) {
      refuse('sslmode=disable contradicts its other parameters about TLS.', 'Remove them, or set sslmode=verify-full.');
    }
    return false;
  }
  if (mode.startsWith('verify') && rootCertificate === undefined) {
    refuse(
      `sslmode=${mode} needs an authority to trust.`,
      `Add sslrootcert=FILE, or sslmode=verify-full with sslrootcert=${SYSTEM} for the public authorities.`,
    );
  }
  if (rootCertificate === SYSTEM && mode !== 'verify-full') {
    refuse(
      `sslmode=${mode} is too weak for sslrootcert=${SYSTEM}: anyone can get a certificate of a public authority.`,
      'Set sslmode=verify-full.',
    );
  }
  if ((path.certificate === undefined) !== (path.key === undefined)) {
    const [given, missing] = path.key === undefined ? ['sslcert', 'sslkey'] : ['sslkey', 'sslcert'];
    refuse(`${given} has no effect without ${missing}.`, `Add ${missing}=FILE, or remove ${given}.`);
  }
  const passphrase = parameters.get('sslpassword');
  const pem = pemReader(({ variable, what, remedy }) => refuse(`${variable}: ${what}`, remedy));
  const ca =
    rootCertificate === undefined || rootCertificate === SYSTEM
      ? undefined
      : pem.certificate('sslrootcert', { path: rootCertificate });
  const cert = path.certificate && pem.certificate('sslcert', { path: path.certificate });
  const key = path.key && pem.privateKey('sslkey', { path: path.key }, passphrase);
  pem.pair('sslcert and sslkey', cert || undefined, key || undefined, passphrase);
  return { ...(cert && key ? { cert, key, passphrase } : {}), ...verification(mode, ca) };
}

/** As libpq: `require` with an authority verifies it, as `verify-ca` does; only `verify-full` looks at the server's name. */
function verification(mode: Mode, ca: string | undefined): DatabaseTls {
  if (mode === 'verify-full') return { ca, rejectUnauthorized: true };
  if (ca === undefined) return { rejectUnauthorized: false };
  return { ca, rejectUnauthorized: true, checkServerIdentity: () => undefined };
}

const isMode = (text: string | undefined): text is Mode => MODES.some((mode) => mode === text);
