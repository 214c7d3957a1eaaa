import { existsSync } from 'node:fs';
import type { ConnectionOptions } from '@temporalio/client';
import {
  type ClientConfigProfile,
  loadClientConfig,
  loadClientConfigProfile,
  toClientOptions,
} from '@temporalio/envconfig';
import { pemReader } from './pem-files.js';
import type { Problem } from './problems.js';
import { hostAndPort } from './values.js';
import type { Environment } from './variable.js';

export interface TemporalTarget extends Pick<ConnectionOptions, 'tls' | 'metadata'> {
  /** host:port of the frontend. */
  address: string;
  namespace: string;
  apiKey?: string;
}

type Report = (problem: Problem) => void;

const META = 'TEMPORAL_GRPC_META_';

/** Whether anything says where Temporal is; the user's own configuration file by itself does not. */
export const namesTemporal = (env: Environment): boolean =>
  Boolean(env.TEMPORAL_ADDRESS || env.TEMPORAL_PROFILE || env.TEMPORAL_CONFIG_FILE);

/** Where Temporal is, by its own environment variables and profiles; invalid settings are reported. */
export function readTemporalTarget(env: Environment, report: Report): TemporalTarget | undefined {
  let failed = false;
  const refuse: Report = (problem) => {
    failed = true;
    report(problem);
  };
  const profile = loadProfile(env, refuse);
  if (profile === undefined) return undefined;
  const address = readAddress(env, profile, refuse);
  const checked = checkTls(env, profile, refuse);
  if (failed || address === undefined) return undefined;
  const { connectionOptions, namespace = 'default' } = toClientOptions(checked);
  const { tls, apiKey, metadata } = connectionOptions;
  return { address, namespace, tls, apiKey, metadata };
}

function loadProfile(env: Environment, report: Report): ClientConfigProfile | undefined {
  const file = env.TEMPORAL_CONFIG_FILE;
  if (file && !existsSync(file)) {
    report({
      variable: 'TEMPORAL_CONFIG_FILE',
      what: `there is no file ${file}.`,
      remedy: 'Set it to a TOML file of Temporal profiles that this process may read.',
    });
    return undefined;
  }
  const overrideEnvVars = forEnvconfig(env);
  try {
    return loadClientConfigProfile({ overrideEnvVars, configFileStrict: true });
  } catch (error) {
    report(profileProblem(error, env, () => Object.keys(loadClientConfig({ overrideEnvVars }).profiles)));
    return undefined;
  }
}

/** What is set to nothing is not set; header names are spelled as Temporal documents them (envconfig replaces one `_` only). */
function forEnvconfig(env: Environment): Record<string, string> {
  const entries = Object.entries(env).flatMap(([name, value]): [string, string][] => {
    if (value === undefined) return [];
    if (!name.startsWith(META)) return value === '' ? [] : [[name, value]];
    return [[META + name.slice(META.length).toLowerCase().replaceAll('_', '-'), value]];
  });
  return Object.fromEntries(entries);
}

function profileProblem(error: unknown, env: Environment, profiles: () => string[]): Problem {
  const [message = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
  const [, field] = /^Cannot specify both (\w+)_path/.exec(message) ?? [];
  if (field !== undefined) {
    const variable = `TEMPORAL_TLS_${field.toUpperCase()}`;
    return {
      variable: `${variable}_PATH and ${variable}_DATA`,
      what: 'both are given, one of them perhaps by the profile.',
      remedy: 'Keep one of them.',
    };
  }
  if (/^Profile '.*' not found/.test(message)) {
    const known = profiles();
    const file = env.TEMPORAL_CONFIG_FILE ?? "Temporal's configuration file of this user";
    return {
      variable: 'TEMPORAL_PROFILE',
      what: `${file} has no profile "${env.TEMPORAL_PROFILE}".`,
      remedy: known.length > 0 ? `Choose one of ${known.join(', ')}.` : 'Name a file with it in TEMPORAL_CONFIG_FILE.',
    };
  }
  return {
    variable: 'TEMPORAL_CONFIG_FILE',
    what: `${env.TEMPORAL_CONFIG_FILE ?? "Temporal's configuration file of this user"} cannot be read: ${message}.`,
    remedy: 'Correct the file, or name another one.',
  };
}

function readAddress(env: Environment, { address }: ClientConfigProfile, report: Report): string | undefined {
  const remedy = 'Set it to host:port of the Temporal server, or choose a profile with an address.';
  if (address === undefined) {
    report({ variable: 'TEMPORAL_ADDRESS', what: 'it is not set, and no profile has an address.', remedy });
    return undefined;
  }
  // What the variable holds was checked with all others.
  if (env.TEMPORAL_ADDRESS || hostAndPort.safeParse(address).success) return address;
  report({
    variable: 'TEMPORAL_ADDRESS',
    what: `the profile's address ${JSON.stringify(address)} is not host:port.`,
    remedy,
  });
  return undefined;
}

/** The profile with certificates read, so that what cannot be used is known before a connection is made. */
function checkTls(env: Environment, profile: ClientConfigProfile, report: Report): ClientConfigProfile {
  const { tls, apiKey } = profile;
  const name = (field: string): string =>
    [`TEMPORAL_TLS_${field}_PATH`, `TEMPORAL_TLS_${field}_DATA`].find((variable) => env[variable]) ??
    `TEMPORAL_TLS_${field}_PATH (tls of the profile)`;
  const { disabled, serverName, clientCert, clientKey, serverCACert } = tls ?? {};
  if (disabled && (apiKey !== undefined || serverName || clientCert || clientKey || serverCACert)) {
    report({
      variable: 'TEMPORAL_TLS',
      what: `TLS is switched off, but ${apiKey === undefined ? 'certificates or a server name are' : 'an API key is'} given.`,
      remedy: 'Set it to true, or remove the others.',
    });
    return profile;
  }
  if ((clientCert === undefined) !== (clientKey === undefined)) {
    const [given, missing] = clientKey === undefined ? ['CLIENT_CERT', 'CLIENT_KEY'] : ['CLIENT_KEY', 'CLIENT_CERT'];
    report({
      variable: name(given),
      what: 'a client certificate needs both certificate and key.',
      remedy: `Set TEMPORAL_TLS_${missing}_PATH, or unset it.`,
    });
  }
  if (tls === undefined) return profile;
  const pem = pemReader(report);
  const cert = clientCert && pem.certificate(name('CLIENT_CERT'), clientCert);
  const key = clientKey && pem.privateKey(name('CLIENT_KEY'), clientKey);
  const ca = serverCACert && pem.certificate(name('SERVER_CA_CERT'), serverCACert);
  pem.pair(`${name('CLIENT_CERT')} and ${name('CLIENT_KEY')}`, cert, key);
  const data = (text: string | undefined) => (text === undefined ? undefined : { data: text });
  return { ...profile, tls: { ...tls, clientCert: data(cert), clientKey: data(key), serverCACert: data(ca) } };
}
