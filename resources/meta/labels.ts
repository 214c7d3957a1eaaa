/**
 * Labels and annotations this system reads and writes, with MTC's names (they are interface: people's scripts and policies use them).
 */

export const GROUP = 'migration.openshift.io';
export const VERSION = 'v1alpha1';
export const API_VERSION = `${GROUP}/${VERSION}`;

/** Namespace the migration objects and the helper service accounts live in. */
export const MIGRATION_NAMESPACE = 'openshift-migration';

export const LABELS = {
  partOf: 'app.kubernetes.io/part-of',
  /** Value: uid of the MigMigration (or stand-alone DirectVolumeMigration) that owns a helper object. The only label that is swept. */
  helper: 'migration.openshift.io/helper',
  /** What a helper does in its run (`rsync-server`, `rsync-client`, …): one object of a kind per run, volume and role. */
  helperRole: 'migration.openshift.io/helper-role',
  /** Value: hash that names the volume of the run record the helper works for. */
  helperVolume: 'migration.openshift.io/helper-volume',
  migratedByPlan: 'migration.openshift.io/migrated-by-migplan',
  migratedByMigration: 'migration.openshift.io/migrated-by-migmigration',
  migratedByDirectVolumeMigration: 'migration.openshift.io/migrated-by-directvolumemigration',
  migratedByBackup: 'migration.openshift.io/migrated-by-backup',
  migrationUid: 'migration.openshift.io/migration-uid',
  migrationName: 'migration.openshift.io/migmigration-name',
  planName: 'migration.openshift.io/migplan-name',
  /** The MigSchedule that made a MigMigration. */
  scheduleName: 'migration.openshift.io/migschedule-name',
  initialBackup: 'migration-initial-backup',
  finalRestore: 'migration-final-restore',
  /** Value: uid of the MigMigration whose volumes a DirectVolumeMigration copies. */
  directVolume: 'migration-direct-volume',
  /** On a claim whose place another took in a conversion of storage classes. Value: uid of the MigPlan. */
  conversionSource: 'migration.openshift.io/source-for-directvolumemigration',
  /** Value: uid of the DirectVolumeMigration whose progress is shown. */
  directVolumeMigration: 'directvolumemigration',
  /** Value: uid of the MigHook that a Job runs. */
  hook: 'mighook',
  /** On a namespace or a service account: whether hooks may use it. Its owner's to set. */
  hooks: 'migration.openshift.io/hooks',
  /** Value: phase of the plan in which the hook runs. */
  hookPhase: 'phase',
  /** Sites allow these two in their network policies and security profiles. */
  app: 'app',
  owner: 'owner',
} as const;

/** Value of the label `hooks` that keeps hooks away; without it they may run, as in MTC. */
export const HOOKS_REFUSED = 'refused';

export const PART_OF = 'openshift-migration';
export const TRANSFER_POD_LABELS = {
  [LABELS.app]: 'directvolumemigration-rsync-transfer',
  [LABELS.owner]: 'directvolumemigration',
} as const;

/**
 * Keeps service meshes and agents from putting a container of theirs into a pod of ours: it would not end with the pod's work, and its
 * proxy would stand between what two clusters say to each other.
 */
export const NO_SIDECARS = {
  labels: {
    'sidecar.istio.io/inject': 'false',
    'istio.io/dataplane-mode': 'none',
    'kuma.io/sidecar-injection': 'disabled',
    'admission.datadoghq.com/enabled': 'false',
  },
  annotations: {
    'sidecar.istio.io/inject': 'false',
    'linkerd.io/inject': 'disabled',
    'kuma.io/sidecar-injection': 'disabled',
    'consul.hashicorp.com/connect-inject': 'false',
    'openservicemesh.io/sidecar-injection': 'disabled',
    'appmesh.k8s.aws/sidecarInjectorWebhook': 'disabled',
    'vault.hashicorp.com/agent-inject': 'false',
  },
} as const;

export const ANNOTATIONS = {
  preQuiesceReplicas: 'migration.openshift.io/preQuiesceReplicas',
  preQuiesceSuspend: 'migration.openshift.io/preQuiesceSuspend',
  preQuiescePaused: 'migration.openshift.io/preQuiescePaused',
  preQuiesceNodeSelector: 'migration.openshift.io/preQuiesceNodeSelector',
  /** `Delete` on a StatefulSet that deletes its claims when it is scaled down, while it is halted and does not. */
  preQuiesceClaimRetention: 'migration.openshift.io/preQuiesceClaimRetention',
  /** On a volume of the source that is Retain while its application is halted: the policy it had. */
  preQuiesceReclaimPolicy: 'migration.openshift.io/preQuiesceReclaimPolicy',
  vmRunStrategy: 'migration.openshift.io/vm-run-strategy',
  /** `true` on a VirtualMachine that ran when it was halted. */
  startVm: 'migration.openshift.io/start-vm',
  /** Uid of the plan whose run quiesced the workload; un-quiesce touches only its own. */
  quiescedByPlan: 'migration.openshift.io/quiesced-by-migplan',
  /** `<uid of the run>/<attempt>` of what halted the workload. */
  quiescedByRun: 'migration.openshift.io/quiesced-by-run',
  migrationType: 'migration.openshift.io/migmigration-type',
  quiescePods: 'openshift.io/migrate-quiesce-pods',
  /** On an object of KEDA that rests while its application is down: JSON, its owner's own annotations of a pause. */
  beforePause: 'migration.openshift.io/before-pause',
  /** On a StatefulSet while its claim templates name the claims of a conversion: JSON, class by template as it was before. */
  formerStorageClasses: 'migration.openshift.io/former-storage-classes',
  originalReclaimPolicy: 'openshift.io/orig-reclaim-policy',
  /** On an object that a run makes under a name that can be known beforehand: SHA-256 of what it is made of. */
  contentHash: 'migration.openshift.io/content-hash',
  /** On a pod of ours whose log and events are kept with the migration. */
  evidenceKept: 'migration.openshift.io/evidence-kept',
  /** On a MigMigration that a MigSchedule made: when it was meant to start, RFC 3339. */
  scheduledAt: 'migration.openshift.io/scheduled-at',
  /** On a MigSchedule: any value starts a stage migration; taken off when that was done. */
  runNow: 'migration.openshift.io/run-now',
  lastApplied: 'kubectl.kubernetes.io/last-applied-configuration',
  /** A user's wish that a migration be tried again; any value. Consumed by the write that carries it. */
  retry: 'migration.openshift.io/retry',
  /** Which attempt of a migration runs, or ran last; the first one where it is missing. */
  attempt: 'migration.openshift.io/attempt',
  /** How often a paused attempt was told to continue. */
  resume: 'migration.openshift.io/resume',
  /** A user's wish that what the runs of a plan left be removed; any value. Consumed by the write that carries it. */
  sweep: 'migration.openshift.io/sweep',
  /** How many sweeps of a plan were asked for. */
  sweepsRequested: 'migration.openshift.io/sweeps-requested',
} as const;

/** Node selector that parks a DaemonSet: no node carries it. */
export const QUIESCE_NODE_SELECTOR = { 'migration.openshift.io/quiesceDaemonSet': 'true' } as const;

/** Finalizer that keeps what is run (MigMigration, DirectVolumeMigration) until its run has ended, unwound if need be. */
export const MIGRATION_FINALIZER = 'migration.openshift.io/unwind';

/** Kubernetes' finalizer of an object that waits for its dependents to go. */
export const FOREGROUND_DELETION = 'foregroundDeletion';

/** Kubernetes' finalizer of an object whose dependents are to stay when it goes. */
export const ORPHAN_DEPENDENTS = 'orphan';

/** Finalizer that keeps a deleted MigPlan until what its runs left in the clusters is removed. */
export const PLAN_FINALIZER = 'migration.openshift.io/remove-leftovers';

/** Finalizer that keeps a deleted MigStorage until it was taken off the clusters, as far as they answer. */
export const STORAGE_FINALIZER = 'migration.openshift.io/remove-locations';
