import type { ConditionTypeOf } from '../meta/catalogue/index.js';
import type { RunActions, RunItinerary } from './actions.js';

/**
 * The immutable record of one run of a migration, frozen by Prepare. Activities read this and never the plan, so that editing the
 * plan in mid-run changes nothing. Credentials are not in it: they are looked up, newest first, at each connection.
 */

/** Kinds whose objects are run, each by a root workflow of its own: those whose definition says so. */
export type RunKind = 'MigMigration' | 'DirectVolumeMigration';

/** Identity of one run; small enough to be every activity's input. `attempt` counts retries of the same migration from 1. */
export interface RunRef {
  /** Of the object that is run. */
  kind: RunKind;
  namespace: string;
  name: string;
  uid: string;
  attempt: number;
}

/** `MigMigration openshift-migration/cutover` */
export type { RunItinerary };

export const describeRun = (run: RunRef): string => `${run.kind} ${run.namespace}/${run.name}`;

/** What becomes of one that does not succeed. */
export type UnwindItinerary = 'Cancel' | 'Failed';
export type Itinerary = RunItinerary | UnwindItinerary;

export type ClusterSide = 'source' | 'target';

export interface RunRecord {
  migration: Omit<RunRef, 'attempt'>;
  /** A copy of volumes that a user started directly has no plan: it takes the plan's place itself. */
  plan: { namespace: string; name: string; uid: string };
  attempt: number;
  itinerary: RunItinerary;
  does: RunActions;
  options: {
    keepAnnotations: boolean;
    verify: boolean;
    runAsRoot?: boolean;
    runAsUser?: number;
    runAsGroup?: number;
    /** Give the target volumes back their reclaim policy once the migration has succeeded. */
    restoreReclaimPolicy?: boolean;
    /** `Pause` waits for the operator where a failure would unwind. */
    onFailure?: 'Unwind' | 'Pause';
    /** Longest pause in seconds; the run unwinds after it. */
    pauseLimitSeconds?: number;
    /** The plan migrates chosen objects once and is closed afterwards. */
    closesPlan?: boolean;
  };
  source: RunCluster;
  target: RunCluster;
  /** Replication repository. */
  storage: { namespace: string; name: string; uid: string };
  namespaces: { source: string; target: string }[];
  /** Source namespaces that another plan names too: of these, only workloads that use this plan's claims are halted and started. */
  sharedNamespaces?: string[];
  /** Volumes with action copy, method filesystem. */
  volumes: RunVolume[];
  /** Volumes that are left out, with the reason an operator reads; `target`: other name of a claim that was not left out for itself. */
  skippedVolumes: { namespace: string; claim: string; reason: string; target?: string }[];
  includedResources: { group: string; kind: string }[];
  excludedResources: string[];
  labelSelector?: { matchLabels?: Record<string, string>; matchExpressions?: unknown[] };
  settings: RunSettings;
  /** At most one for each phase; in Final runs only. */
  hooks?: RunHook[];
  /** Rollback: a conversion passed its commit point, so that workloads run on converted claims. */
  converted?: boolean;
  /** What the operator should know from the start; durable in the migration's status. */
  warnings?: RunWarning[];
  /**
   * Of a retry that continues after the commit point of a former attempt: the Backup that attempt took, if its itinerary takes one; `again`
   * where objects are still to be restored.
   */
  resume?: { backup: string; again?: true };
}

/** Whether source and target are one cluster, be it under two names. */
export const isWithinOneCluster = ({ source, target }: Pick<RunRecord, 'source' | 'target'>): boolean =>
  source.clusterUid !== '' && source.clusterUid === target.clusterUid;

/** What the operator should know, durable in the status of what is run. */
export interface RunWarning {
  type: ConditionTypeOf<'Warn'>;
  reason?: string;
  message: string;
}

export interface RunCluster {
  /** The MigCluster object. */
  namespace: string;
  name: string;
  uid: string;
  /** uid of the cluster's kube-system namespace: tells whether source and target are one cluster. */
  clusterUid: string;
  /** Kubernetes minor version, e.g. 36. */
  minor: number;
}

export const HOOK_PHASES = ['PreBackup', 'PostBackup', 'PreRestore', 'PostRestore'] as const;
export type HookPhase = (typeof HOOK_PHASES)[number];

/** A MigHook as the plan uses it. */
export interface RunHook {
  phase: HookPhase;
  /** Of the MigHook. */
  name: string;
  uid: string;
  cluster: ClusterSide;
  image: string;
  /** Base64 of the playbook; absent for a custom hook. */
  playbook?: string;
  executionNamespace: string;
  serviceAccount: string;
  /** Seconds. */
  activeDeadlineSeconds: number;
  /** `Ignore` makes of a failing hook a warning. */
  onFailure: 'Fail' | 'Ignore';
}

/** How a volume gets across, with what only that way needs. Each has its mover in `activities/volumes/movers.ts`. */
export type VolumeMover = { name: 'rsync' };

export interface RunVolume {
  /** `<source namespace>/<source claim>`, unique in a run. */
  id: string;
  /** 8 hex digits derived from the id: part of the names of everything made for this volume. */
  key: string;
  persistentVolume: string;
  source: { namespace: string; claim: string };
  target: {
    namespace: string;
    claim: string;
    storageClass: string;
    accessModes: string[];
    volumeMode: 'Filesystem';
    /** Kubernetes quantity, e.g. `10Gi`. */
    size: string;
  };
  mover: VolumeMover;
  verify: boolean;
  allowOverwrite: boolean;
  /** An empty source may empty a target that holds something. */
  allowEmpty?: boolean;
}

export interface RunSettings {
  /** Empty when neither the settings nor the installation name one; the plan's check does not let volumes be copied then. */
  transferImage: string;
  rsync: { bandwidthLimitKiB?: number; extraOptions: string[]; backoffLimit: number };
  transferPod: { requests: { cpu: string; memory: string }; limits: { cpu: string; memory: string } };
  /** Volumes of one run that are copied at the same time. */
  maxConcurrentVolumes: number;
  /** Volumes of all runs that are copied from or to one cluster at the same time. */
  maxConcurrentVolumesPerCluster: number;
  sourceSupplementalGroups: number[];
  targetSupplementalGroups: number[];
  /** Seconds a step may wait without seeing anything move. */
  patience: {
    pod: number;
    copy: number;
    quiesce: number;
    backup: number;
    restore: number;
    start: number;
    cleanup: number;
  };
}

/** A volume as workflows know it; what is to be done with it is in the record. */
export interface VolumeLabel {
  id: string;
  /** What the operator reads. */
  label: string;
}

/** What a step is given: without the volumes, since every step's input is kept in two histories. */
export type StepSummary = Omit<RunSummary, 'volumes'>;

/** What the workflows need of a record to order the steps: no object lists, no credentials. */
export interface RunSummary {
  ref: RunRef;
  planUid: string;
  planName: string;
  sourceCluster: string;
  targetCluster: string;
  itinerary: RunItinerary;
  does: RunActions;
  verify: boolean;
  volumes: VolumeLabel[];
  /** Copies of one run at a time. */
  maxConcurrentVolumes: number;
  /** Durable warnings for the migration's status, e.g. QuiesceIgnored, SourceNotQuiesced. */
  warnings: RunWarning[];
  patience: RunSettings['patience'];
  /** e.g. `shop → shop: source → target` */
  title: string;
  /** Hooks of the plan, by phase. */
  hooks?: Pick<RunHook, 'phase' | 'name' | 'cluster' | 'onFailure'>[];
  /** Set when failures wait for the operator. */
  pauseLimitSeconds?: number;
  /** A retry of a run that had passed its commit point: where it continues. */
  resume?: { backup?: string; again?: true };
  /** Rollback: the workloads run on converted claims and must be given back the former ones. */
  converted?: boolean;
}
