import { pino } from 'pino';
import type { ActivityDependencies } from '../../../activities/kit/dependencies.js';
import type { ClusterClient } from '../../../clusters/cluster-client.js';
import type { RunOutline, RunRow, VolumeTransferRow } from '../../../migrations-db/migration-store.js';
import { actionsOf } from '../../../resources/run/actions.js';
import type { CreatedObject } from '../../../resources/run/created-object.js';
import type { RunFacts } from '../../../resources/run/facts.js';
import { shortHash } from '../../../resources/run/names.js';
import type { RunRecord, RunRef, RunVolume } from '../../../resources/run/run-record.js';
import type { RunState } from '../../../resources/run/run-state.js';

const CLUSTER = { namespace: 'openshift-migration', clusterUid: '', minor: 36 };

/** What differs from a Final that halts the application; `does` follows where it is not said. */
export type RecordOverrides = Partial<RunRecord> & { quiescePods?: boolean };

/** A run record with short patience; `overrides` is what the test is about. */
export function runRecord({ quiescePods = true, ...overrides }: RecordOverrides = {}): RunRecord {
  return {
    migration: { kind: 'MigMigration', namespace: 'openshift-migration', name: 'move', uid: 'migration-uid' },
    plan: { namespace: 'openshift-migration', name: 'plan', uid: 'plan-uid' },
    attempt: 1,
    itinerary: 'Final',
    does: actionsOf(overrides.itinerary ?? 'Final', { quiesce: quiescePods }),
    options: { keepAnnotations: false, verify: false },
    source: { ...CLUSTER, name: 'source', uid: 'source-uid' },
    target: { ...CLUSTER, name: 'target', uid: 'target-uid' },
    storage: { namespace: 'openshift-migration', name: 'storage', uid: 'storage-uid' },
    namespaces: [{ source: 'shop', target: 'shop' }],
    volumes: [],
    skippedVolumes: [],
    includedResources: [],
    excludedResources: [],
    settings: {
      transferImage: '',
      rsync: { extraOptions: [], backoffLimit: 1 },
      transferPod: { requests: { cpu: '', memory: '' }, limits: { cpu: '', memory: '' } },
      maxConcurrentVolumes: 16,
      maxConcurrentVolumesPerCluster: 64,
      sourceSupplementalGroups: [],
      targetSupplementalGroups: [],
      patience: { pod: 60, copy: 60, quiesce: 60, backup: 60, restore: 60, start: 60, cleanup: 60 },
    },
    ...overrides,
  };
}

/** A volume of a run that is copied from one claim into another. */
export function runVolume(source: RunVolume['source'], target: Partial<RunVolume['target']> = {}): RunVolume {
  const id = `${source.namespace}/${source.claim}`;
  const defaults = { storageClass: '', accessModes: ['ReadWriteOnce'], volumeMode: 'Filesystem' as const, size: '1Gi' };
  return {
    id,
    key: shortHash(id),
    persistentVolume: '',
    source,
    target: { ...source, ...defaults, ...target },
    verify: false,
    mover: { name: 'rsync' },
    allowOverwrite: false,
  };
}

/** A hook of a record, with a playbook in Base64. */
export const runHook = (playbook: string) =>
  ({
    phase: 'PreBackup',
    name: 'drain',
    uid: 'h',
    cluster: 'source',
    image: 'i',
    playbook,
    executionNamespace: 'tools',
    serviceAccount: 'hooks',
    activeDeadlineSeconds: 30,
    onFailure: 'Fail',
  }) as const;

export const refOf = ({ migration, attempt }: RunRecord): RunRef => ({ ...migration, attempt });

/** What activities get, with a store that remembers one run in memory. */
export interface RecordedRun {
  deps: ActivityDependencies;
  facts: RunFacts;
  state: RunRow['state'];
  /** Runs of other plans, by the plan's uid. */
  otherPlans: Record<string, RunOutline[]>;
  /** The plan's other runs: older than this one, and those that began after it. */
  others: RunOutline[];
  later: RunOutline[];
  log: { at: string; source: string; text: string }[];
  created: CreatedObject[];
  /** Progress of volumes, as it was saved one after the other, and the lines shown of it last. */
  transfers: VolumeTransferRow[];
  progress: { step: string; lines: string[] };
  /** Does work as an unwind of the run does; afterwards it runs as before. */
  unwinding<Result>(work: () => Promise<Result>): Promise<Result>;
}

export function recordedRun(record: RunRecord, clients: { source: ClusterClient; target: ClusterClient }): RecordedRun {
  const run: Omit<RecordedRun, 'deps'> = {
    async unwinding(work) {
      const before = this.state;
      if (before === 'Running') this.state = 'Unwinding';
      try {
        return await work();
      } finally {
        this.state = before;
      }
    },
    facts: {},
    state: 'Running',
    otherPlans: {},
    others: [],
    later: [],
    log: [],
    created: [],
    transfers: [],
    progress: { step: '', lines: [] },
  };
  const runs = {
    record: async () => record,
    get: async () => ({ record, facts: run.facts, state: run.state }),
    addFacts: async (_: RunRef, facts: RunFacts) => void Object.assign(run.facts, facts),
    isRunning: async () => run.state === 'Running',
    recorded: async (uids: readonly string[]) => {
      const known = [refOf(record), ...[...run.others, ...run.later].map(({ ref }) => ref)].map(({ uid }) => uid);
      return new Set(uids.filter((uid) => known.includes(uid)));
    },
    isIn: async (_: RunRef, states: readonly RunState[]) => states.includes(run.state),
    addFactsWhileRunning: async (_: RunRef, facts: RunFacts) => {
      if (run.state === 'Running') Object.assign(run.facts, facts);
      return run.state === 'Running';
    },
    appendLog: async (_: RunRef, entry: RecordedRun['log'][number]) => void run.log.push(entry),
    ofPlan: async (uid: string) =>
      uid === record.plan.uid
        ? [
            ...run.others,
            { ref: refOf(record), itinerary: record.itinerary, state: run.state, facts: run.facts },
            ...run.later,
          ]
        : (run.otherPlans[uid] ?? []),
    recordCreated: async (_: RunRef, objects: RecordedRun['created']) => void run.created.push(...objects),
    createdBy: async () => {
      const { name: clusterName, clusterUid } = record.target;
      return run.created.map((object) => ({ ...object, clusterName, clusterUid }));
    },
    forgetCreated: async (_: string, uids: string[]) =>
      void run.created.splice(0, run.created.length, ...run.created.filter(({ uid }) => !uids.includes(uid))),
    saveTransfers: async (rows: VolumeTransferRow[]) => void run.transfers.push(...rows),
    transfers: async () => run.transfers.slice(-1),
  };
  const statuses = {
    writeStepProgress: async (_: RunRef, step: string, lines: string[]) =>
      void Object.assign(run.progress, { step, lines }),
  };
  const deps = {
    store: { runs, statuses },
    clusters: {
      connect: async ({ name }: { name: string }) => (name === record.source.name ? clients.source : clients.target),
    },
    logger: pino({ level: 'silent' }),
  };
  return Object.assign(run, { deps: deps as unknown as ActivityDependencies });
}
