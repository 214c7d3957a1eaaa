import { accessSync, constants, statSync } from 'node:fs';
import { type DatabaseTarget, readDatabaseTarget } from './database-target.js';
import { type Problem, StartError } from './problems.js';
import { findUnknown, readVariables } from './read-variables.js';
import { namesTemporal, readTemporalTarget, type TemporalTarget } from './temporal-target.js';
import type { Environment, ProcessName } from './variable.js';
import type { Values } from './variables.js';

/** What every process has. */
export interface ProcessConfig {
  /** How long work under way may take to end when the process is told to stop. */
  drainSeconds: number;
  /** Variables that have no effect and why: one line each. */
  warnings: readonly string[];
}

export interface StoreConfig {
  database: DatabaseTarget;
  /** Current key first, as MTC_ENCRYPTION_KEY holds them. */
  encryptionKeys: string;
}

export interface ListenConfig {
  /** Folder of token, certificates and kubeconfig. */
  home: string;
  listen: { host: string; port: number };
  /** Names of the server besides those of the machine itself. */
  serverNames: readonly string[];
}

export interface WorkConfig {
  /** Images of this installation, where the settings name none. */
  images: { transferImage?: string; hookRunnerImage?: string };
  /** How Temporal tells this build of the worker from others. */
  versioning: { mode?: 'on' | 'manual' | 'off'; buildId?: string };
  /** What `isHostCluster: true` means. */
  hostCluster: { kubeconfig?: string; inCluster?: { host: string; port: number } };
  /** Where no connection is made to, whatever MigClusters and MigStorages say. */
  addresses: { refuseLoopback: boolean };
  /** `host:port` of the worker's metrics; undefined for none. */
  metrics?: string;
}

export interface ApiConfig extends ProcessConfig, StoreConfig, ListenConfig {}

export interface WorkerConfig extends ProcessConfig, StoreConfig, WorkConfig {
  temporal: TemporalTarget;
}

/** Of `npm start`: what is not named here it starts or makes. */
export interface AllInOneConfig extends ProcessConfig, Partial<StoreConfig>, ListenConfig, WorkConfig {
  temporal?: TemporalTarget;
  temporalCli?: string;
}

/** @throws StartError naming everything that is wrong */
export function readApiConfig(env: Environment): ApiConfig {
  return read(env, 'api', (values, { database }) => ({
    ...storeOf(values, database),
    ...listenOf(values),
  }));
}

/** @throws StartError naming everything that is wrong */
export function readWorkerConfig(env: Environment): WorkerConfig {
  return read(env, 'worker', (values, { database, temporal }) => ({
    ...storeOf(values, database),
    ...workOf(values),
    temporal: present(temporal),
  }));
}

/** @throws StartError naming everything that is wrong */
export function readAllInOneConfig(env: Environment): AllInOneConfig {
  return read(env, 'all-in-one', (values, { database, temporal }) => ({
    database,
    encryptionKeys: values.MTC_ENCRYPTION_KEY,
    temporal,
    temporalCli: values.TEMPORAL_CLI,
    ...listenOf(values),
    ...workOf(values),
  }));
}

/**
 * Of commands that speak to Temporal alone.
 *
 * @throws StartError naming everything that is wrong
 */
export function readTemporalConfig(env: Environment): TemporalTarget {
  const problems: Problem[] = [];
  const temporal = readTemporalTarget(env, (problem) => void problems.push(problem));
  if (problems.length > 0) throw new StartError(problems);
  return present(temporal);
}

interface Targets {
  database?: DatabaseTarget;
  temporal?: TemporalTarget;
}

/** Looks at everything, so that all problems are told at once, and only then makes the configuration. */
function read<Config>(
  env: Environment,
  process: ProcessName,
  build: (values: Values, targets: Targets) => Config,
): Config & ProcessConfig {
  const problems: Problem[] = [];
  const warnings: string[] = [];
  const report = (problem: Problem): void => void problems.push(problem);
  const warn = (line: string): void => void warnings.push(line);
  findUnknown(env, report, warn);
  const values = readVariables(env, process, report);
  const database = values.DATABASE_URL === undefined ? undefined : readDatabaseTarget(values.DATABASE_URL, report);
  const temporal = process === 'api' ? undefined : temporalOf(env, process, report, warn);
  if (process !== 'worker') checkHome(values, report);
  if (process !== 'api') checkHostCluster(values, report, warn);
  if (problems.length > 0) throw new StartError(problems);
  const config = build(values, { database, temporal });
  return { ...config, drainSeconds: present(values.MTC_DRAIN_SECONDS), warnings };
}

function temporalOf(
  env: Environment,
  process: ProcessName,
  report: (problem: Problem) => void,
  warn: (line: string) => void,
): TemporalTarget | undefined {
  if (process === 'worker' || namesTemporal(env)) return readTemporalTarget(env, report);
  const [first] = Object.keys(env).filter((name) => env[name] && /^TEMPORAL_(TLS|API_KEY)/.test(name));
  if (first !== undefined) {
    report({
      variable: first,
      what: 'it is set, but nothing names the Temporal server.',
      remedy: `Set TEMPORAL_ADDRESS or TEMPORAL_PROFILE, or unset ${first} for a dev server of its own.`,
    });
  }
  if (env.TEMPORAL_NAMESPACE) warn('TEMPORAL_NAMESPACE has no effect: nothing names a Temporal server.');
  return undefined;
}

function checkHome({ MTC_HOME: home }: Values, report: (problem: Problem) => void): void {
  if (home === undefined || (statSync(home, { throwIfNoEntry: false })?.isDirectory() ?? true)) return;
  report({
    variable: 'MTC_HOME',
    what: `${home} is not a folder.`,
    remedy: 'Set it to a folder that this process may write to.',
  });
}

function checkHostCluster(values: Values, report: (problem: Problem) => void, warn: (line: string) => void): void {
  const file = values.MTC_HOST_KUBECONFIG;
  if (file === undefined) return;
  if (values.KUBERNETES_SERVICE_HOST !== undefined) {
    warn('MTC_HOST_KUBECONFIG has no effect: the service runs in a cluster, and that is the host cluster.');
    return;
  }
  try {
    accessSync(file, constants.R_OK);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    report({
      variable: 'MTC_HOST_KUBECONFIG',
      what: `the file ${file} cannot be read (${code}).`,
      remedy: 'Set it to a kubeconfig file that this process may read, or unset it.',
    });
  }
}

const storeOf = (values: Values, database: DatabaseTarget | undefined): StoreConfig => ({
  database: present(database),
  encryptionKeys: present(values.MTC_ENCRYPTION_KEY),
});

const listenOf = (values: Values): ListenConfig => ({
  home: present(values.MTC_HOME),
  listen: { host: present(values.MTC_LISTEN), port: present(values.MTC_PORT) },
  serverNames: values.MTC_SERVER_NAMES ?? [],
});

const workOf = (values: Values): WorkConfig => ({
  images: { transferImage: values.MTC_TRANSFER_IMAGE, hookRunnerImage: values.MTC_HOOK_RUNNER_IMAGE },
  versioning: { mode: values.MTC_WORKER_VERSIONING, buildId: values.MTC_BUILD_ID },
  hostCluster: {
    kubeconfig: values.MTC_HOST_KUBECONFIG,
    inCluster: values.KUBERNETES_SERVICE_HOST
      ? { host: values.KUBERNETES_SERVICE_HOST, port: present(values.KUBERNETES_SERVICE_PORT) }
      : undefined,
  },
  addresses: {
    // In a pod nothing listens there but the pod itself; on a machine it is where a local lab is.
    refuseLoopback:
      (values.MTC_LOOPBACK_ADDRESSES ?? (values.KUBERNETES_SERVICE_HOST ? 'refuse' : 'allow')) === 'refuse',
  },
  metrics: values.MTC_WORKER_METRICS,
});

/** What is read only when no problem was found; its absence then is a defect here. */
function present<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('The configuration was made although a variable is missing.');
  return value;
}
