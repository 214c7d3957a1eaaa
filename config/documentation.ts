import { PROCESSES, type Variable, type VariableGroup } from './variable.js';
import { VARIABLES } from './variables.js';

const TITLES: Record<VariableGroup, string> = {
  service: 'The service',
  database: 'Postgres',
  temporal: 'Temporal',
  kubernetes: 'Set by Kubernetes',
};

const INTRODUCTION = `# Configuration

Made by \`npm run docs\` from the table in \`config/variables.ts\`; do not edit it here.

Each process reads its environment once, when it starts. A variable that is missing, wrong or contradicts another ends it before anything
is started, with exit code 1 and one line on standard error for each: its name, what is wrong, what to do. A variable set to nothing counts as
not set; a variable that does not concern a process is not looked at. A name that begins with \`MTC_\`, is not known and resembles one of these is
taken for a typing mistake and ends the process too. A first contact with Postgres and Temporal that fails for good (a refused certificate, a
namespace that does not exist, a database that a newer version has changed) is reported in the same way.

Values marked *secret* are never shown. The programs that \`npm start\` starts get none of these variables.
`;

const NOTES: Partial<Record<VariableGroup, string>> = {
  database: `### TLS

Parameters of \`DATABASE_URL\` about TLS mean what they mean to libpq (\`psql\`):

| parameter | meaning |
|---|---|
| \`sslmode=disable\` | No TLS. The default, as long as there are no other parameters about TLS. |
| \`sslmode=require\` | TLS; the server's certificate is not verified, unless \`sslrootcert\` is given: then as \`verify-ca\`. |
| \`sslmode=verify-ca\` | The certificate must be signed by \`sslrootcert\`. |
| \`sslmode=verify-full\` | It must also name the host of the URL. Recommended. |
| \`sslrootcert=FILE\` | Certificate of the authority, in PEM. \`system\`, with \`verify-full\` alone, means the public authorities that Node.js knows and those in the file that \`NODE_EXTRA_CA_CERTS\` names. |
| \`sslcert=FILE\`, \`sslkey=FILE\` | Client certificate and its key, in PEM; \`sslpassword\` is the passphrase of the key. |

\`allow\` and \`prefer\` are refused: they protect against nothing, since whoever is between client and server can switch them off. So are other parameters
that begin with \`ssl\`. The connection that receives change notifications (LISTEN) uses the same settings.
`,
  temporal: `Variables win over the profile. A path and the data of the same certificate cannot both be given. \`TEMPORAL_GRPC_META_NAME\` adds the header \`name\` to
each call (an empty value removes it). \`TEMPORAL_TLS_DISABLE_HOST_VERIFICATION\` is refused: the server's certificate is always verified.
\`TEMPORAL_CODEC_*\` have no effect.

Temporal Cloud takes either an API key (\`TEMPORAL_API_KEY\`) or a client certificate (mTLS). The search attributes that the worker lacks there are
named when it starts and have to be added to the namespace by hand.
`,
};

/** The text of docs/configuration.md. */
export function configurationDocument(): string {
  const groups = (Object.keys(TITLES) as VariableGroup[]).map((group) =>
    [`## ${TITLES[group]}`, tableOf(group), NOTES[group]].filter(Boolean).join('\n\n'),
  );
  return `${[INTRODUCTION.trimEnd(), ...groups.map((text) => text.trimEnd())].join('\n\n')}\n`;
}

function tableOf(group: VariableGroup): string {
  const rows = (Object.entries(VARIABLES) as [string, Variable][])
    .filter(([, variable]) => variable.group === group)
    .map(([name, variable]) => row(name, variable));
  return ['| variable | meaning | where it is not set | read by |', '|---|---|---|---|', ...rows].join('\n');
}

function row(name: string, variable: Variable): string {
  const { meaning, secret, processes, required = [], otherwise } = variable;
  const unset = variable.default === undefined ? otherwise : `\`${variable.default}\``;
  const readers = processes.map(
    (process) => `\`${PROCESSES[process]}\`${required.includes(process) ? ' (required)' : ''}`,
  );
  return `| ${[`\`${name}\`${secret ? ' *secret*' : ''}`, meaning, unset, readers.join(', ')].join(' | ')} |`;
}
