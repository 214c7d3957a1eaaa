import * as values from './values.js';
import { variable } from './variable.js';

const processes = ['worker', 'all-in-one'] as const;
const group = 'temporal' as const;
const OWN_SERVER = '`npm start` starts a Temporal dev server of its own';

/** The variables that Temporal's own tools and SDKs share, as `@temporalio/envconfig` reads them. */
export const TEMPORAL_VARIABLES = {
  TEMPORAL_ADDRESS: variable({
    group,
    meaning: 'The frontend of the Temporal server, `host:port`.',
    schema: values.hostAndPort,
    otherwise: `\`address\` of the profile; where neither that nor a profile is named, ${OWN_SERVER}`,
    processes,
    remedy:
      'Set it to host:port of the Temporal server, as temporal.example.com:7233, or choose a profile with an address.',
  }),
  TEMPORAL_NAMESPACE: variable({
    group,
    meaning: 'Namespace of Temporal. It must exist.',
    schema: values.text,
    otherwise: '`namespace` of the profile, else `default`',
    processes,
    remedy: 'Set it to a namespace that exists.',
  }),
  TEMPORAL_CONFIG_FILE: variable({
    group,
    meaning: "Temporal's configuration file with profiles.",
    schema: values.file,
    otherwise: "`temporalio/temporal.toml` in the user's configuration folder, if there is one",
    processes,
    remedy: 'Set it to a TOML file of Temporal profiles that this process may read.',
  }),
  TEMPORAL_PROFILE: variable({
    group,
    meaning: 'Profile of that file. Variables win over what it says.',
    schema: values.text,
    otherwise: '`default`',
    processes,
    remedy: 'Set it to a profile of the configuration file.',
  }),
  TEMPORAL_API_KEY: variable({
    group,
    meaning: 'API key (Temporal Cloud). It is only sent over TLS, which it switches on.',
    schema: values.text,
    otherwise: '`api_key` of the profile',
    processes,
    secret: true,
    remedy: 'Set it to a valid API key of the namespace.',
  }),
  TEMPORAL_TLS: variable({
    group,
    meaning: 'Whether TLS is used. Every other TLS variable and an API key switch it on.',
    schema: values.flag,
    otherwise: 'on where anything about TLS or an API key is given, else off',
    processes,
    remedy: 'Set it to true or false.',
  }),
  TEMPORAL_TLS_CLIENT_CERT_PATH: variable({
    group,
    meaning: 'PEM file of the client certificate (mTLS).',
    schema: values.file,
    otherwise: 'no client certificate',
    processes,
    remedy: 'Set it to a PEM file that this process may read.',
  }),
  TEMPORAL_TLS_CLIENT_CERT_DATA: variable({
    group,
    meaning: 'The client certificate itself, in PEM, in place of a file.',
    schema: values.text,
    otherwise: 'no client certificate',
    processes,
    remedy: 'Set it to a certificate in PEM.',
  }),
  TEMPORAL_TLS_CLIENT_KEY_PATH: variable({
    group,
    meaning: "PEM file of the client certificate's key.",
    schema: values.file,
    otherwise: 'no client certificate',
    processes,
    remedy: 'Set it to a PEM file that this process may read.',
  }),
  TEMPORAL_TLS_CLIENT_KEY_DATA: variable({
    group,
    meaning: "The client certificate's key itself, in PEM, in place of a file.",
    schema: values.text,
    otherwise: 'no client certificate',
    processes,
    secret: true,
    remedy: 'Set it to a private key in PEM.',
  }),
  TEMPORAL_TLS_SERVER_CA_CERT_PATH: variable({
    group,
    meaning: "PEM file of the authority that signed the server's certificate.",
    schema: values.file,
    otherwise: 'the public authorities',
    processes,
    remedy: 'Set it to a PEM file that this process may read.',
  }),
  TEMPORAL_TLS_SERVER_CA_CERT_DATA: variable({
    group,
    meaning: 'That authority itself, in PEM, in place of a file.',
    schema: values.text,
    otherwise: 'the public authorities',
    processes,
    remedy: 'Set it to a certificate in PEM.',
  }),
  TEMPORAL_TLS_SERVER_NAME: variable({
    group,
    meaning: "Name that the server's certificate must carry.",
    schema: values.text,
    otherwise: 'the host of the address',
    processes,
    remedy: "Set it to a name in the server's certificate.",
  }),
  TEMPORAL_CLI: variable({
    group,
    meaning: 'The `temporal` program that `npm start` runs as dev server.',
    schema: values.file,
    otherwise: 'the one on the PATH, else one that is built once, in about three minutes, which takes Go ≥ 1.26',
    processes: ['all-in-one'],
    remedy: 'Set it to a temporal program, or unset it.',
  }),
} as const;
