/**
 * The immutable record of one run of a migration, frozen by Prepare. Activities read this and never the plan, so that editing the
 * plan in mid-run changes nothing. Credentials are not in it: they are looked up, newest first, at each connection.
 */

/** Kinds whose objects are run, each by a root workflow of its own. */
export const RUN_KINDS = ['MigMigration', 'DirectVolumeMigration'] as const;
export type RunKind = (typeof RUN_KINDS)[number];

/** Identity of one run; small enough to be every activity's input. `attempt` counts retries of the same migration from 1. */
export interface RunRef {
  /** Of the object that is run; a MigMigration where nothing is said. */
  kind?: RunKind;
  namespace: string;
  name: string;
  uid: string;
  attempt: number;
}

export const runKindOf = ({ kind }: Pick<RunRef, 'kind'>): RunKind => kind ?? 'MigMigration';

/** `MigMigration openshift-migration/cutover` */
export const describeRun = (run: RunRef): string => `${runKindOf(run)} ${run.namespace}/${run.name}`;

export const ITINERARY = { Stage: 'Stage', Final: 'Final', Cancel: 'Cancel', Failed: 'Failed' } as const;
export type Itinerary = (typeof ITINERARY)[keyof typeof ITINERARY];

export type ClusterSide = 'source' | 'target';

export interface RunRecord {
  migration: Omit<RunRef, 'attempt'>;
  /** A copy of volumes that somebody started by itself has no plan: it stands in its own place. */
  plan: { namespace: string; name: string; uid: string };
  attempt: number;
  itinerary: 'Stage' | 'Final';
  options: {
    /** Halt the source's applications before the last pass. Never true for a stage. */
    quiescePods: boolean;
    keepAnnotations: boolean;
    verify: boolean;
    runAsRoot?: boolean;
    runAsUser?: number;
    runAsGroup?: number;
    /** Give the target volumes back their reclaim policy once the migration has succeeded. */
    restoreReclaimPolicy?: boolean;
  };
  source: RunCluster;
  target: RunCluster;
  /** Replication repository. */
  storage: { namespace: string; name: string; uid: string };
  namespaces: { source: string; target: string }[];
  /** Volumes with action copy, method filesystem. */
  volumes: RunVolume[];
  /** Volumes the plan leaves out, with the reason an operator reads. */
  skippedVolumes: { namespace: string; claim: string; reason: string }[];
  includedResources: { group: string; kind: string }[];
  excludedResources: string[];
  labelSelector?: { matchLabels?: Record<string, string>; matchExpressions?: unknown[] };
  settings: RunSettings;
  /** What the operator should know from the start; durable in the migration's status. */
  warnings?: { type: string; reason?: string; message: string }[];
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
  verify: boolean;
  allowOverwrite: boolean;
}

export interface RunSettings {
  /** Empty when neither the settings nor the installation name one; the plan's check does not let volumes be copied then. */
  transferImage: string;
  rsync: { bandwidthLimitKiB?: number; extraOptions: string[]; backoffLimit: number };
  transferPod: { requests: { cpu: string; memory: string }; limits: { cpu: string; memory: string } };
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

/** What the workflows need of a record to order the steps: no object lists, no credentials. */
export interface RunSummary {
  ref: RunRef;
  planUid: string;
  planName: string;
  sourceCluster: string;
  targetCluster: string;
  itinerary: 'Stage' | 'Final';
  quiescePods: boolean;
  verify: boolean;
  volumes: { id: string; key: string; label: string; claim: string; namespace: string }[];
  /** Durable warnings for the migration's status, e.g. QuiesceIgnored, SourceNotQuiesced. */
  warnings: { type: string; reason?: string; message: string }[];
  patience: RunSettings['patience'];
  /** e.g. `shop → shop: source → target` */
  title: string;
}
