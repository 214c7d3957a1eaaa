import { type Problem, problemLine, StartError } from '../config/problems.js';
import { UnknownKeyError } from '../migrations-db/known-keys.js';
import { StoreError } from '../migrations-db/migration-store.js';
import { UnknownSchemaError } from '../migrations-db/schema/migrate.js';

/** Why a process does not start: one line for each thing that is wrong, with the variable and what to do. */
export function explainStartFailure(error: unknown): string[] {
  if (error instanceof StartError) return error.problems.map(problemLine);
  const problem = keyProblem(error) ?? databaseProblem(error) ?? listenProblem(error) ?? fileProblem(error);
  if (problem !== undefined) return [problemLine(problem)];
  // Nothing that a setting would change: the stack is for whoever fixes the program.
  return [error instanceof Error ? (error.stack ?? error.message) : String(error)];
}

function keyProblem(error: unknown): Problem | undefined {
  if (!(error instanceof UnknownKeyError)) return undefined;
  const remedy = 'Add that key after the current one, until `npm run rotate-keys` has said that nothing needs it.';
  return { variable: 'MTC_ENCRYPTION_KEY', what: `${error.message}.`, remedy };
}

/** SQLSTATEs of a refused connection or of missing permissions. */
const REFUSED: Record<string, string> = {
  '28P01': 'Correct user and password.',
  '28000':
    'Let the user connect from this host (pg_hba.conf); a server that wants TLS needs sslmode=verify-full, one that wants a client certificate sslcert and sslkey.',
  '3D000': 'Create the database, or name another one.',
  '42501': 'Make the user the owner of the database: it changes the schema.',
};

function databaseProblem(error: unknown): Problem | undefined {
  const problem = (what: string, remedy: string): Problem => ({ variable: 'DATABASE_URL', what, remedy });
  if (error instanceof UnknownSchemaError) {
    return problem(
      `a newer version of the program has changed this database (${error.changes.join(', ')}).`,
      'Start that version or a later one, or name another database.',
    );
  }
  if (error instanceof StoreError && error.reason === 'Unavailable') {
    return problem(sentence(error.message), 'Start the database, or correct host and port.');
  }
  if (!(error instanceof Error)) return undefined;
  const { code = '' } = error as NodeJS.ErrnoException;
  if (REFUSED[code] !== undefined) return problem(`Postgres refuses us (${error.message}).`, REFUSED[code]);
  if (/does not support SSL/.test(error.message)) {
    return problem(
      'the server does not speak TLS.',
      'Switch TLS on there, or set sslmode=disable in a network you trust.',
    );
  }
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    return problem(
      `the certificate of the server names another host (${error.message}).`,
      "Use a host that it names, or sslmode=verify-ca where the authority signs this server's certificate alone.",
    );
  }
  if (/^(ERR_SSL|EPROTO)/.test(code)) {
    return problem(
      `the server ends the TLS handshake (${/SSL routines:[^:]*:([^:]+):/.exec(error.message)?.[1] ?? code}).`,
      'Name a client certificate that it accepts in sslcert, and its key in sslkey.',
    );
  }
  if (/CERT|SELF_SIGNED|UNABLE_TO/.test(code)) {
    return problem(
      `the certificate of the server is not accepted (${error.message}).`,
      'Name the authority that signed it in sslrootcert.',
    );
  }
  return undefined;
}

function listenProblem(error: unknown): Problem | undefined {
  const { syscall, code, message = '' } = error as NodeJS.ErrnoException;
  if (syscall !== 'listen' && !(syscall === 'getaddrinfo' && code === 'ENOTFOUND')) return undefined;
  if (code === 'EADDRINUSE') {
    return {
      variable: 'MTC_PORT',
      what: `the port is in use (${message}).`,
      remedy: 'Set it to a free port, or to 0 for any.',
    };
  }
  return code === 'EACCES'
    ? {
        variable: 'MTC_PORT',
        what: `this user may not listen there (${message}).`,
        remedy: 'Set it to a port above 1023.',
      }
    : {
        variable: 'MTC_LISTEN',
        what: `it is not possible to listen there (${message}).`,
        remedy: 'Set it to an address of this machine.',
      };
}

/** Files are read and written in one folder at start; all others have been looked at with the variables. */
function fileProblem(error: unknown): Problem | undefined {
  const { code, path, message = '' } = error as NodeJS.ErrnoException;
  if (path === undefined || !/^(EACCES|EPERM|EROFS|ENOTDIR|EEXIST|ENOSPC)$/.test(code ?? '')) return undefined;
  return {
    variable: 'MTC_HOME',
    what: `a file in it cannot be used (${message}).`,
    remedy: 'Set it to a folder that this process may write to.',
  };
}

const sentence = (text: string): string => `${text.charAt(0).toLowerCase()}${text.slice(1).replace(/\.$/, '')}.`;
