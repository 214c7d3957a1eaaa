import type { RunSettings } from './run-record.js';
import { SETTINGS, type Setting, type SettingName, type SettingValue } from './setting-table.js';

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
  /** Globs of namespaces that are neither migrated nor used for hooks, beside those always protected. */
  protectedNamespaces: string[];
  /** Clusters and storage that are reached without a verified certificate or without TLS are not Ready. */
  insecureForbidden: boolean;
  /** How long all of an ended run is kept. */
  historyDays: number;
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

/**
 * Reads the `spec` of a MigrationController. What cannot be read is reported and replaced by its default: a typing mistake in one
 * setting does not stop a check.
 *
 * @param environment images of this installation, used where the settings name none
 */
export function readSettings(
  spec: Record<string, unknown> = {},
  environment: { transferImage?: string; hookRunnerImage?: string } = {},
): { settings: Settings; problems: SettingProblem[] } {
  const problems: SettingProblem[] = [];

  function value<Name extends SettingName>(name: Name): SettingValue<Name> {
    const { parse, expected, default: fallback, otherName = name }: Setting = SETTINGS[name];
    const raw = spec[name] ?? spec[otherName] ?? fallback;
    const read = parse(raw);
    if (read !== undefined) return read as SettingValue<Name>;
    problems.push({
      field: `spec.${name}`,
      message: `${JSON.stringify(raw)} is not ${expected}; ${JSON.stringify(fallback)} is used instead.`,
      blocks: false,
    });
    return parse(fallback) as SettingValue<Name>;
  }

  const excluded = [...value('excluded_resources')];
  const imagesDisabled = value('disable_image_migration');
  const volumesDisabled = value('disable_pv_migration');
  if (imagesDisabled) excluded.push('imagestreams', 'imagestreamtags');
  if (volumesDisabled) excluded.push('persistentvolumes', 'persistentvolumeclaims');
  const bandwidth = value('rsync_opt_bwlimit');

  const settings: Settings = {
    limits: {
      namespaces: value('mig_namespace_limit'),
      pods: value('mig_pod_limit'),
      persistentVolumes: value('mig_pv_limit'),
    },
    excludedResources: [...new Set(excluded)],
    moveStorageClasses: value('mig_pv_move_storageclasses'),
    imagesDisabled,
    volumesDisabled,
    hookRunnerImage: value('hook_runner_image_fqin') || environment.hookRunnerImage || '',
    protectedNamespaces: value('protected_namespaces'),
    insecureForbidden: value('forbid_insecure_connections'),
    historyDays: value('history_days'),
    run: {
      transferImage: value('rsync_transfer_image_fqin') || environment.transferImage || '',
      rsync: {
        bandwidthLimitKiB: bandwidth > 0 ? bandwidth : undefined,
        extraOptions: value('rsync_opt_extras'),
        backoffLimit: value('rsync_backoff_limit'),
      },
      transferPod: {
        requests: { cpu: value('source_rsync_pod_cpu_requests'), memory: value('source_rsync_pod_memory_requests') },
        limits: { cpu: value('source_rsync_pod_cpu_limits'), memory: value('source_rsync_pod_memory_limits') },
      },
      maxConcurrentVolumes: value('max_concurrent_volumes'),
      maxConcurrentVolumesPerCluster: value('max_concurrent_volumes_per_cluster'),
      sourceSupplementalGroups: value('source_supplemental_groups'),
      targetSupplementalGroups: value('target_supplemental_groups'),
      patience: {
        pod: value('pod_patience_seconds'),
        copy: value('copy_patience_seconds'),
        quiesce: value('quiesce_patience_seconds'),
        backup: value('backup_patience_seconds'),
        restore: value('restore_patience_seconds'),
        start: value('start_patience_seconds'),
        cleanup: value('cleanup_patience_seconds'),
      },
    },
  };
  return { settings, problems: [...problems, ...notBuilt(spec)] };
}

/** Settings that ask for what is not built yet. */
const notBuilt = (spec: Record<string, unknown>): SettingProblem[] =>
  (Object.entries(SETTINGS) as [SettingName, Setting][])
    .filter(([name, row]) => row.notBuilt && !['', String(row.default)].includes(String(spec[name] ?? '')))
    .map(([name, row]) => ({
      field: `spec.${name}`,
      message: `is not supported yet. Remove it${row.default === '' ? '' : ` or set it to ${row.default}`}.`,
      blocks: true,
    }));
