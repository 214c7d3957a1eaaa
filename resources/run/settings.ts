import type { RunSettings } from './run-record.js';

/** What the plan checks and the runs take from MigrationController `migration-controller`. */
export interface Settings {
  /** Namespaces, running pods and persistent volumes one plan may hold. */
  limits: { namespaces: number; pods: number; persistentVolumes: number };
  /** Resource names (`plural` or `plural.group`) that are neither backed up nor restored. */
  excludedResources: string[];
  /** Storage classes whose volumes both clusters reach, so that they may be moved. */
  moveStorageClasses: string[];
  imagesDisabled: boolean;
  volumesDisabled: boolean;
  /** In which playbooks of hooks run that name no image of their own. Empty when neither the settings nor the installation name one. */
  hookRunnerImage: string;
  run: RunSettings;
}

/** A setting that was not taken over as it stands. */
export interface SettingProblem {
  /** e.g. `spec.mig_pv_limit` */
  field: string;
  message: string;
  /** It asks for something that is not built yet: no run may start with it. False: the default was taken. */
  blocks: boolean;
}

/** All settings with their defaults, under the names MTC's operator gives them; the last seven are ours (seconds without movement). */
export const SETTING_DEFAULTS = {
  mig_namespace_limit: 10,
  mig_pod_limit: 100,
  mig_pv_limit: 100,
  excluded_resources: [
    'imagetags',
    'templateinstances',
    'clusterserviceversions',
    'packagemanifests',
    'subscriptions',
    'servicebrokers',
    'servicebindings',
    'serviceclasses',
    'serviceinstances',
    'serviceplans',
    'operatorgroups',
    'events',
    'events.events.k8s.io',
    'rolebindings.authorization.openshift.io',
  ],
  mig_pv_move_storageclasses: [],
  disable_image_migration: false,
  disable_pv_migration: false,
  hook_runner_image_fqin: '',
  rsync_transfer_image_fqin: '',
  rsync_opt_bwlimit: -1,
  rsync_opt_extras: '',
  rsync_backoff_limit: 20,
  source_rsync_pod_cpu_requests: '100m',
  source_rsync_pod_memory_requests: '128Mi',
  source_rsync_pod_cpu_limits: '2',
  source_rsync_pod_memory_limits: '1Gi',
  source_supplemental_groups: '',
  target_supplemental_groups: '',
  pod_patience_seconds: 180,
  copy_patience_seconds: 900,
  quiesce_patience_seconds: 600,
  backup_patience_seconds: 600,
  restore_patience_seconds: 900,
  start_patience_seconds: 300,
  cleanup_patience_seconds: 120,
} as const;

type SettingName = keyof typeof SETTING_DEFAULTS;

/** Settings of MTC that change what a run does and are not built yet, with the one value that asks for nothing. */
const NOT_BUILT: Record<string, unknown> = {
  stunnel_tcp_proxy: '',
  migration_rsync_super_privileged: false,
  enable_dvm_pv_resizing: false,
  migration_rsync_privileged: false,
  rsync_endpoint_type: 'NodePort',
  rsync_opt_partial: true,
  rsync_opt_archive: true,
  rsync_opt_delete: true,
  rsync_opt_hardlinks: true,
};

/** The guides name the source's groups this way, MTC's operator the other. */
const ALIASES: Partial<Record<SettingName, string>> = { source_supplemental_groups: 'src_supplemental_groups' };

/** rsync options someone may add: long or short ones, with a value of harmless characters. Nothing that runs a program. */
const EXTRA_OPTION = /^--?[A-Za-z][A-Za-z0-9-]*(=[A-Za-z0-9_./:,*+@%-]+)?$/;
const FORBIDDEN_OPTION = /^(-e|--rsh|--rsync-path|--daemon|--config|--password-file|--log-file|--remove-source-files)/;

/**
 * Reads the `spec` of a MigrationController. What can't be read is reported and replaced by its default: a typing mistake in one
 * setting does not stop a check.
 *
 * @param environment images of this installation, used where the settings name none
 */
export function readSettings(
  spec: Record<string, unknown> = {},
  environment: { transferImage?: string; hookRunnerImage?: string } = {},
): { settings: Settings; problems: SettingProblem[] } {
  const problems: SettingProblem[] = [];
  const raw = (name: SettingName): unknown => spec[name] ?? spec[ALIASES[name] ?? name] ?? SETTING_DEFAULTS[name];

  function read<T>(name: SettingName, parse: (value: unknown) => T | undefined, expected: string): T {
    const value = parse(raw(name));
    if (value !== undefined) return value;
    problems.push({
      field: `spec.${name}`,
      message: `${JSON.stringify(raw(name))} is not ${expected}; ${JSON.stringify(SETTING_DEFAULTS[name])} is used instead.`,
      blocks: false,
    });
    return parse(SETTING_DEFAULTS[name]) as T;
  }
  const integer = (name: SettingName, least: number): number =>
    read(name, (value) => wholeNumber(value, least), `a whole number of at least ${least}`);
  const bool = (name: SettingName): boolean => read(name, flag, 'true or false');
  const text = (name: SettingName): string =>
    read(name, (value) => (typeof value === 'string' || typeof value === 'number' ? String(value) : undefined), 'text');
  const names = (name: SettingName): string[] => read(name, nameList, 'a list of names');
  const groups = (name: SettingName): number[] => read(name, groupIds, 'a list of group ids such as "1000,2000"');

  const excluded = [...names('excluded_resources')];
  const imagesDisabled = bool('disable_image_migration');
  const volumesDisabled = bool('disable_pv_migration');
  if (imagesDisabled) excluded.push('imagestreams', 'imagestreamtags');
  if (volumesDisabled) excluded.push('persistentvolumes', 'persistentvolumeclaims');
  const bandwidth = integer('rsync_opt_bwlimit', -1);

  const settings: Settings = {
    limits: {
      namespaces: integer('mig_namespace_limit', 1),
      pods: integer('mig_pod_limit', 1),
      persistentVolumes: integer('mig_pv_limit', 1),
    },
    excludedResources: [...new Set(excluded)],
    moveStorageClasses: names('mig_pv_move_storageclasses'),
    imagesDisabled,
    volumesDisabled,
    hookRunnerImage: text('hook_runner_image_fqin') || environment.hookRunnerImage || '',
    run: {
      transferImage: text('rsync_transfer_image_fqin') || environment.transferImage || '',
      rsync: {
        bandwidthLimitKiB: bandwidth > 0 ? bandwidth : undefined,
        extraOptions: read('rsync_opt_extras', extraOptions, 'a list of harmless rsync options'),
        backoffLimit: integer('rsync_backoff_limit', 1),
      },
      transferPod: {
        requests: { cpu: text('source_rsync_pod_cpu_requests'), memory: text('source_rsync_pod_memory_requests') },
        limits: { cpu: text('source_rsync_pod_cpu_limits'), memory: text('source_rsync_pod_memory_limits') },
      },
      sourceSupplementalGroups: groups('source_supplemental_groups'),
      targetSupplementalGroups: groups('target_supplemental_groups'),
      patience: {
        pod: integer('pod_patience_seconds', 1),
        copy: integer('copy_patience_seconds', 1),
        quiesce: integer('quiesce_patience_seconds', 1),
        backup: integer('backup_patience_seconds', 1),
        restore: integer('restore_patience_seconds', 1),
        start: integer('start_patience_seconds', 1),
        cleanup: integer('cleanup_patience_seconds', 1),
      },
    },
  };
  return { settings, problems: [...problems, ...notBuilt(spec)] };
}

const notBuilt = (spec: Record<string, unknown>): SettingProblem[] =>
  Object.entries(NOT_BUILT)
    .filter(([name, neutral]) => !['', String(neutral)].includes(String(spec[name] ?? '')))
    .map(([name, neutral]) => ({
      field: `spec.${name}`,
      message: `is not supported yet. Remove it${neutral === '' ? '' : ` or set it to ${neutral}`}.`,
      blocks: true,
    }));

function wholeNumber(value: unknown, least: number): number | undefined {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isInteger(number) && number >= least ? number : undefined;
}

function flag(value: unknown): boolean | undefined {
  if (typeof value === 'boolean') return value;
  return value === 'true' ? true : value === 'false' ? false : undefined;
}

const split = (value: unknown): string[] | undefined => {
  if (Array.isArray(value)) return value.map(String);
  return typeof value === 'string' ? value.split(/[\s,]+/).filter(Boolean) : undefined;
};

const nameList = (value: unknown): string[] | undefined =>
  split(value)?.every((name) => /^[a-z0-9.*/-]+$/i.test(name)) ? split(value) : undefined;

const groupIds = (value: unknown): number[] | undefined => {
  const ids = split(typeof value === 'number' ? String(value) : value)?.map(Number);
  return ids?.every((id) => Number.isInteger(id) && id >= 0) ? ids : undefined;
};

const extraOptions = (value: unknown): string[] | undefined =>
  split(value)?.every((option) => EXTRA_OPTION.test(option) && !FORBIDDEN_OPTION.test(option))
    ? split(value)
    : undefined;
