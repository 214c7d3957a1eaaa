import { z } from 'zod';
import { PROTECTED_BY_DEFAULT } from './protected-namespaces.js';
import { flag, groupIds, nameList, rsyncOptions, text, type ValueType, wholeNumber } from './setting-values.js';

/** One setting of MigrationController, under the name MTC's operator gives it. */
export interface Setting<Value = unknown> extends ValueType<Value> {
  default: unknown;
  description: string;
  /** Would change what a run does and is not built yet: only the default can be run with. */
  notBuilt?: true;
  /** Setting that is asked where this one is absent. Has no default filled in, which would hide that one. */
  otherName?: string;
  /** Not among the fields that the API describes. */
  unlisted?: true;
}

const setting = <Value>(
  type: ValueType<Value>,
  fallback: unknown,
  description: string,
  more: Pick<Setting, 'notBuilt' | 'otherName' | 'unlisted'> = {},
): Setting<Value> => ({ ...type, default: fallback, description, ...more });

const notBuilt = { notBuilt: true } as const;

const patience = (seconds: number, what: string) =>
  setting(wholeNumber(1), seconds, `Seconds without progress after which ${what} counts as stuck.`);

/** Kept because MTC's users set it with JSON patch `replace`, which needs the key to be there. */
const ofController = <Value>(type: ValueType<Value>, fallback: unknown, what: string) =>
  setting(type, fallback, `${what} of MTC's controller pod. Kept for existing scripts; nothing reads it.`);

/** Resources that MTC leaves out. */
const EXCLUDED = [
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
];

/** Every setting there is: what the API lets in and describes, what is filled in, and how it is read. */
export const SETTINGS = {
  mig_namespace_limit: setting(wholeNumber(1), 10, 'Namespaces one plan may hold.'),
  mig_pod_limit: setting(wholeNumber(1), 100, 'Running pods above which a plan warns.'),
  mig_pv_limit: setting(wholeNumber(1), 100, 'Volumes above which a plan warns.'),
  excluded_resources: setting(
    nameList,
    EXCLUDED,
    'Resources that are never migrated. Add to the list; do not remove from it.',
  ),
  disable_image_migration: setting(flag, false, 'True to leave image streams out of all plans.'),
  disable_pv_migration: setting(flag, false, 'True to leave volumes out of all plans.'),
  mig_pv_move_storageclasses: setting(
    nameList,
    [],
    'Storage classes that both clusters reach, so that their volumes may also be moved.',
  ),
  rsync_transfer_image_fqin: setting(text, '', 'Image of the transfer pods; empty for the one of this installation.'),
  rsync_opt_bwlimit: setting(wholeNumber(-1), -1, 'KiB per second that one transfer may send; -1 for no limit.'),
  rsync_opt_extras: setting(
    rsyncOptions,
    '',
    'Further options for rsync, of those that hide no change and lead nowhere else: compression, rate, memory, order.',
  ),
  rsync_opt_partial: setting(flag, true, 'True to keep files that were sent in part.', notBuilt),
  rsync_opt_archive: setting(flag, true, 'True to keep owners, permissions, times and links.', notBuilt),
  rsync_opt_delete: setting(flag, true, 'True to remove what the source no longer has.', notBuilt),
  rsync_opt_hardlinks: setting(flag, true, 'True to keep hard links.', notBuilt),
  rsync_backoff_limit: setting(wholeNumber(1), 20, 'How often the copy of a volume is tried again.'),
  stunnel_tcp_proxy: setting(text, '', 'TCP proxy between the clusters, as http://host:port.', notBuilt),
  rsync_endpoint_type: setting(text, 'NodePort', 'How the source reaches the transfer pods of the target.', {
    ...notBuilt,
    unlisted: true,
  }),
  source_rsync_pod_cpu_requests: setting(text, '100m', 'CPU a transfer pod asks for.'),
  source_rsync_pod_cpu_limits: setting(text, '2', 'CPU it may use.'),
  source_rsync_pod_memory_requests: setting(text, '128Mi', 'Memory a transfer pod asks for.'),
  source_rsync_pod_memory_limits: setting(text, '1Gi', 'Memory it may use.'),
  src_supplemental_groups: setting(groupIds, '', 'Groups of transfer pods on the source, e.g. "1000,2000".'),
  // The guides name the source's groups the first way, MTC's operator the second.
  source_supplemental_groups: setting(groupIds, '', 'Another name of src_supplemental_groups; it wins.', {
    otherName: 'src_supplemental_groups',
  }),
  target_supplemental_groups: setting(groupIds, '', 'Groups of transfer pods on the target, e.g. "1000,2000".'),
  migration_rsync_super_privileged: setting(
    flag,
    false,
    'True to run transfer pods under the SELinux type spc_t, which spares relabelling large volumes.',
    notBuilt,
  ),
  migration_rsync_privileged: setting(flag, false, 'True to run transfer pods with all privileges.', {
    ...notBuilt,
    unlisted: true,
  }),
  hook_runner_image_fqin: setting(
    text,
    '',
    'Image that playbooks of hooks run in; empty for the one of this installation.',
  ),
  enable_dvm_pv_resizing: setting(flag, false, 'True to enlarge target volumes that would run full.', notBuilt),
  pv_resizing_threshold: setting(wholeNumber(0), 3, 'Percentage of a volume that should stay free.'),
  // Ours, and no names of MTC's.
  protected_namespaces: setting(
    nameList,
    PROTECTED_BY_DEFAULT,
    'Namespaces that are never migrated and run no hooks; * stands for any characters. Add to the list; kube-system, kube-node-lease, kube-public and openshift-migration are protected without it.',
  ),
  forbid_insecure_connections: setting(
    flag,
    false,
    'True to refuse clusters and storage whose certificate is not verified (insecure) and storage at an http:// address, instead of warning.',
  ),
  max_concurrent_volumes: setting(
    wholeNumber(1),
    16,
    'Volumes of one migration that are copied at the same time; the others wait, without a pod and without a port.',
  ),
  max_concurrent_volumes_per_cluster: setting(
    wholeNumber(1),
    64,
    'Volumes of all migrations that are copied from or to one cluster at the same time. Those of halted applications come first.',
  ),
  pod_patience_seconds: patience(180, 'the start of a transfer pod'),
  copy_patience_seconds: patience(900, 'the copy of a volume'),
  quiesce_patience_seconds: patience(600, 'scaling the source down'),
  backup_patience_seconds: patience(600, 'a backup'),
  restore_patience_seconds: patience(900, 'a restore'),
  start_patience_seconds: patience(300, 'the start of the application on the target'),
  cleanup_patience_seconds: patience(120, 'the removal of helpers'),
  history_days: setting(
    wholeNumber(1),
    90,
    'Days after which the record, the log and the progress of an ended migration are removed, if a later one of its plan and any rollback can do without them; all that is known of it, when its plan is gone as well.',
  ),
  mig_controller_enable_cache: ofController(flag, false, 'Caching of reads'),
  mig_controller_limits_cpu: ofController(text, '1', 'CPU limit'),
  mig_controller_limits_memory: ofController(text, '10Gi', 'Memory limit'),
  mig_controller_requests_cpu: ofController(text, '100m', 'CPU request'),
  mig_controller_requests_memory: ofController(text, '350Mi', 'Memory request'),
};

export type SettingName = keyof typeof SETTINGS;
export type SettingValue<Name extends SettingName> = NonNullable<ReturnType<(typeof SETTINGS)[Name]['parse']>>;

const described = (Object.entries(SETTINGS) as [SettingName, Setting][]).filter(([, { unlisted }]) => !unlisted);

/** All settings that have a default, with it. */
export const SETTING_DEFAULTS: Readonly<Partial<Record<SettingName, unknown>>> = Object.fromEntries(
  described.map(([name, row]) => [name, row.default]),
);

const field = ({ schema, default: fallback, description, otherName }: Setting): z.ZodType =>
  (otherName === undefined ? schema.default(fallback) : schema.optional()).describe(description);

/** What the API lets in: every default is filled in, keys not known here are kept. */
export const settingsSpec = z
  .looseObject(Object.fromEntries(described.map(([name, row]) => [name, field(row)])))
  .describe('The settings.');
