import { z } from 'zod';
import { SETTING_DEFAULTS } from './settings.js';

const defaults = SETTING_DEFAULTS;

/** MTC takes a number also as a string of digits, and a truth value also as a word. */
const numeric = () => z.union([z.number(), z.string().regex(/^-?\d+$/, 'must be a whole number')]);
const toggle = () => z.union([z.boolean(), z.enum(['true', 'false'])]);
const names = () => z.union([z.array(z.string()), z.string()]);
const text = () => z.string();

const limits = {
  mig_namespace_limit: numeric().default(defaults.mig_namespace_limit).describe('Namespaces one plan may hold.'),
  mig_pod_limit: numeric().default(defaults.mig_pod_limit).describe('Running pods above which a plan warns.'),
  mig_pv_limit: numeric().default(defaults.mig_pv_limit).describe('Volumes above which a plan warns.'),
};

const scope = {
  excluded_resources: names()
    .default([...defaults.excluded_resources])
    .describe('Resources that are never migrated. Add to the list; do not take from it.'),
  disable_image_migration: toggle()
    .default(defaults.disable_image_migration)
    .describe('True to leave image streams out of all plans.'),
  disable_pv_migration: toggle()
    .default(defaults.disable_pv_migration)
    .describe('True to leave volumes out of all plans.'),
  mig_pv_move_storageclasses: names()
    .default([...defaults.mig_pv_move_storageclasses])
    .describe('Storage classes that both clusters reach, so that their volumes may also be moved.'),
};

const rsync = {
  rsync_transfer_image_fqin: text()
    .default(defaults.rsync_transfer_image_fqin)
    .describe('Image of the transfer pods; empty for the one of this installation.'),
  rsync_opt_bwlimit: numeric()
    .default(defaults.rsync_opt_bwlimit)
    .describe('KiB per second that one transfer may send; -1 for no limit.'),
  rsync_opt_extras: text().default(defaults.rsync_opt_extras).describe('Further options for rsync.'),
  rsync_opt_partial: toggle().default(true).describe('True to keep files that were sent in part.'),
  rsync_opt_archive: toggle().default(true).describe('True to keep owners, permissions, times and links.'),
  rsync_opt_delete: toggle().default(true).describe('True to remove what the source no longer has.'),
  rsync_opt_hardlinks: toggle().default(true).describe('True to keep hard links.'),
  rsync_backoff_limit: numeric()
    .default(defaults.rsync_backoff_limit)
    .describe('How often the copy of a volume is tried again.'),
  stunnel_tcp_proxy: text().default('').describe('TCP proxy between the clusters, as http://host:port.'),
};

const transferPods = {
  source_rsync_pod_cpu_requests: text()
    .default(defaults.source_rsync_pod_cpu_requests)
    .describe('CPU a transfer pod asks for.'),
  source_rsync_pod_cpu_limits: text().default(defaults.source_rsync_pod_cpu_limits).describe('CPU it may use.'),
  source_rsync_pod_memory_requests: text()
    .default(defaults.source_rsync_pod_memory_requests)
    .describe('Memory a transfer pod asks for.'),
  source_rsync_pod_memory_limits: text()
    .default(defaults.source_rsync_pod_memory_limits)
    .describe('Memory it may use.'),
  src_supplemental_groups: text().default('').describe('Groups of transfer pods on the source, e.g. "1000,2000".'),
  // No default: a filled-in value would hide src_supplemental_groups, of which this is the operator's spelling.
  source_supplemental_groups: text().optional().describe('Another name of src_supplemental_groups; it wins.'),
  target_supplemental_groups: text()
    .default(defaults.target_supplemental_groups)
    .describe('Groups of transfer pods on the target, e.g. "1000,2000".'),
  migration_rsync_super_privileged: toggle()
    .default(false)
    .describe('True to run transfer pods under the SELinux type spc_t, which spares relabelling large volumes.'),
};

const hooks = {
  hook_runner_image_fqin: text()
    .default(defaults.hook_runner_image_fqin)
    .describe('Image that playbooks of hooks run in; empty for the one of this installation.'),
};

const resizing = {
  enable_dvm_pv_resizing: toggle().default(false).describe('True to enlarge target volumes that would run full.'),
  pv_resizing_threshold: numeric().default(3).describe('Percentage of a volume that should stay free.'),
};

const patience = (name: 'pod' | 'copy' | 'quiesce' | 'backup' | 'restore' | 'start' | 'cleanup', what: string) =>
  numeric()
    .default(defaults[`${name}_patience_seconds`])
    .describe(`Seconds without anything moving after which ${what} counts as stuck.`);

const patiences = {
  pod_patience_seconds: patience('pod', 'the start of a transfer pod'),
  copy_patience_seconds: patience('copy', 'the copy of a volume'),
  quiesce_patience_seconds: patience('quiesce', 'scaling the source down'),
  backup_patience_seconds: patience('backup', 'a backup'),
  restore_patience_seconds: patience('restore', 'a restore'),
  start_patience_seconds: patience('start', 'the start of the application on the target'),
  cleanup_patience_seconds: patience('cleanup', 'the removal of helpers'),
};

const deployment = (what: string) => `${what} of MTC's controller pod. Kept for existing scripts; nothing reads it.`;

/** Set by MTC's users with JSON patch `replace`, which needs the keys to be there. */
const forExistingScripts = {
  mig_controller_enable_cache: toggle().default(false).describe(deployment('Caching of reads')),
  mig_controller_limits_cpu: text().default('1').describe(deployment('CPU limit')),
  mig_controller_limits_memory: text().default('10Gi').describe(deployment('Memory limit')),
  mig_controller_requests_cpu: text().default('100m').describe(deployment('CPU request')),
  mig_controller_requests_memory: text().default('350Mi').describe(deployment('Memory request')),
};

/** The settings under the names MTC's operator gives them, with every default filled in. Keys not known here are kept. */
export const settingsSpec = z
  .looseObject({
    ...limits,
    ...scope,
    ...rsync,
    ...transferPods,
    ...hooks,
    ...resizing,
    ...patiences,
    ...forExistingScripts,
  })
  .describe('The settings.');
