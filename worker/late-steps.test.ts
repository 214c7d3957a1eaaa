import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { beforeEach, describe, expect, it } from 'vitest';
import { StepFailure } from '../resources/meta/failure.js';
import type { KubeObject } from '../resources/meta/kube-object.js';
import { ANNOTATIONS, LABELS, MIGRATION_NAMESPACE } from '../resources/meta/labels.js';
import { shortHash } from '../resources/run/names.js';
import type { RunRecord, RunRef } from '../resources/run/run-record.js';
import { FakeCluster } from '../test/kit/fakes/fake-cluster.js';
import { recordedRun, refOf, runRecord, runVolume } from '../test/kit/fakes/recorded-run.js';
import { createActivities } from './create-activities.js';

/*
 * What an activity does that was begun for a run that is over: by a reset in Temporal, a Temporal restored from a backup, or a worker that was
 * suspended. Run A has halted the source and failed; run B of the plan has cut over since.
 */

const MARK = { [LABELS.migratedByPlan]: 'plan-uid', [LABELS.migratedByMigration]: 'migration-uid' };
const BY_A = {
  [ANNOTATIONS.preQuiesceReplicas]: '2',
  [ANNOTATIONS.quiescedByPlan]: 'plan-uid',
  [ANNOTATIONS.quiescedByRun]: 'migration-uid/1',
};
const HELPER = {
  [LABELS.helper]: 'migration-uid',
  [LABELS.hookPhase]: 'PreBackup',
  [LABELS.helperVolume]: shortHash('shop/data'),
};

let source: FakeCluster;
let target: FakeCluster;
let recorded: ReturnType<typeof recordedRun>;
let run: RunRef;

const object = (kind: string, name: string, metadata: object = {}, rest: object = {}, apiVersion = 'v1'): KubeObject =>
  ({ apiVersion, kind, metadata: { name, namespace: 'shop', ...metadata }, ...rest }) as KubeObject;
const web = (replicas: number, metadata: object, claimName = 'data') => {
  const template = { spec: { volumes: [{ name: 'data', persistentVolumeClaim: { claimName } }] } };
  return object('Deployment', 'web', metadata, { spec: { replicas, template } }, 'apps/v1');
};

function begin(overrides: Partial<RunRecord> = {}): void {
  const record = runRecord({
    volumes: [runVolume({ namespace: 'shop', claim: 'data' }, { claim: 'data-new' })],
    hooks: [
      {
        phase: 'PreBackup',
        name: 'drain',
        uid: 'hook-uid',
        cluster: 'source',
        image: 'hook-runner',
        executionNamespace: 'shop',
        serviceAccount: 'default',
        activeDeadlineSeconds: 5,
        onFailure: 'Fail',
      },
    ],
    options: { keepAnnotations: false, verify: false, restoreReclaimPolicy: true },
    ...overrides,
  });
  run = refOf(record);
  source = new FakeCluster('source');
  target = new FakeCluster('target');
  recorded = recordedRun(record, { source: source.client, target: target.client });
  for (const cluster of [source, target]) {
    cluster.set({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop', labels: MARK } });
    cluster.set(object('Secret', 'mtc-keys', { labels: HELPER }));
    cluster.set(object('Pod', 'mtc-copy', { labels: HELPER }, { status: { phase: 'Running' } }));
    cluster.set(object('Job', 'mtc-hook', { labels: HELPER }, {}, 'batch/v1'));
  }
  source.set(object('PersistentVolumeClaim', 'data', {}, { status: { phase: 'Bound' } }));
  source.set(web(0, { annotations: BY_A }));
  const claim = object('PersistentVolumeClaim', 'data-new', { labels: MARK }, { spec: { volumeName: 'pv' } });
  const made = [target.set(web(2, { labels: MARK })), target.set(claim)];
  const volume = { persistentVolumeReclaimPolicy: 'Retain', claimRef: { uid: made[1]?.metadata.uid } };
  const noted = { labels: MARK, annotations: { [ANNOTATIONS.originalReclaimPolicy]: 'Delete' } };
  target.set(object('PersistentVolume', 'pv', { namespace: undefined, ...noted }, { spec: volume }));
  const labels = { [LABELS.finalRestore]: run.uid };
  target.set(object('Restore', 'restore', { namespace: MIGRATION_NAMESPACE, labels }, {}, 'velero.io/v1'));
  for (const { apiVersion, kind, metadata } of made) {
    const { name, namespace, uid = '' } = metadata;
    recorded.created.push({ cluster: 'target-uid', apiVersion, kind, namespace, name, uid });
  }
  recorded.facts = { quiesceOwed: true, restoreOwed: true, swapOwed: true };
  recorded.later.push({
    ref: { ...run, name: 'next', uid: 'next-uid' },
    itinerary: 'Final',
    state: 'Succeeded',
    facts: {
      commitPoint: 'then',
      haltedWorkloads: [{ apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'shop', name: 'web', uid: '' }],
    },
    workflowId: '',
    startedAt: '',
  });
}
beforeEach(() => begin());

type Name = keyof ReturnType<typeof createActivities>;

/** Performs an activity of run A; one that waits is ended. */
async function perform(name: Name, input: object = {}): Promise<unknown> {
  const environment = new MockActivityEnvironment({}, { logger: new DefaultLogger('ERROR') });
  const activity = createActivities(recorded.deps)[name] as (input: object) => Promise<unknown>;
  const impatience = setTimeout(() => environment.cancel(), 400);
  try {
    return await environment.run<[object], unknown, typeof activity>(activity, { run, ...input });
  } finally {
    clearTimeout(impatience);
  }
}

const volume = { volume: 'shop/data' };
/** Of each activity that may write to clusters: its input beside the run. */
const WRITING: [Name, object?, Partial<RunRecord>?][] = [
  ['unquiesceSource'],
  ['confirmTargetDown'],
  ['swapClaims', { direction: 'back' }],
  ['swapClaims', { direction: 'forward' }],
  ['waitForRestoreIdle'],
  ['sweepHelpers'],
  ['removeVolumeHelpers', volume],
  ['removeHook', { phase: 'PreBackup' }],
  ['haltTarget', {}, { itinerary: 'Rollback' }],
  ['removeMigrated', {}, { itinerary: 'Rollback' }],
  ['unquiesceSource', {}, { itinerary: 'Rollback' }],
  ['quiesceApplications'],
  ['startTarget'],
  ['startConverted'],
  ['settleTarget'],
  ['provisionTargetVolume', volume],
  ['prepareVolume', volume],
  ['copyVolume', { ...volume, pass: 'final', prepared: { mover: 'rsync', type: 'NodePort', host: 'h', port: 1 } }],
  ['startHook', { phase: 'PreBackup' }],
  ['waitForHook', { phase: 'PreBackup', job: 'mtc-hook' }],
  ['createBackup'],
  ['copyBackupToTarget', { backup: 'b' }],
  ['createRestore', { backup: 'b' }],
  ['waitForRestore', { restore: 'restore' }],
];

describe.each(['Failed', 'Canceled', 'Succeeded'] as const)('of a run that is %s', (state) => {
  it.each(WRITING)('%s %j changes nothing', async (name, input, overrides) => {
    if (overrides) begin(overrides);
    recorded.state = state;
    const facts = structuredClone(recorded.facts);
    await perform(name, input).catch(() => undefined);
    expect([...source.mutations, ...source.requests]).toEqual([]);
    expect([...target.mutations, ...target.requests]).toEqual([]);
    expect(recorded.facts).toEqual(facts);
  });
});

/** What undoes; each has something to change here. */
const UNDOING = WRITING.slice(0, 11).filter(([, input]) => JSON.stringify(input) !== '{"direction":"forward"}');

describe('a step of an unwind of an ended run', () => {
  it.each(UNDOING)('%s %j is refused, and says that the run has ended', async (name, input, overrides) => {
    if (overrides) begin(overrides);
    // On the claims of a conversion.
    if (name === 'swapClaims') source.set(web(0, { annotations: BY_A }, 'data-new'));
    recorded.state = 'Failed';
    const error = await perform(name, input).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(StepFailure);
    expect((error as StepFailure).report).toMatchObject({
      type: 'Refused',
      why: expect.stringMatching(/has ended|or ended/),
    });
  });

  it('leaves what a later committed run holds down also when its state does not tell', async () => {
    recorded.state = 'Unwinding';
    const { workloads } = (await perform('unquiesceSource')) as { workloads: number };
    expect(workloads).toBe(0);
    expect(source.find('Deployment', 'web')?.spec.replicas).toBe(0);
  });

  it('leaves what a run halted that the database does not know: it is older than the cluster', async () => {
    recorded.later.pop();
    source.set(web(0, { annotations: { ...BY_A, [ANNOTATIONS.quiescedByRun]: 'unknown-uid/1' } }));
    recorded.state = 'Unwinding';
    expect(await perform('unquiesceSource')).toMatchObject({ workloads: 0, warnings: [{ type: 'SourceKeptDown' }] });
  });
});

describe('a step of an unwind', () => {
  it('is refused as soon as the run has ended, also between its read and its change', async () => {
    recorded.later.pop();
    recorded.state = 'Unwinding';
    source.beforeMutation = () => {
      // Another worker has ended the unwind, and the next run has halted the source.
      recorded.state = 'Failed';
      source.beforeMutation = () => undefined;
      source.set(web(0, { annotations: { ...BY_A, [ANNOTATIONS.quiescedByRun]: 'next-uid/1' } }));
    };
    await expect(perform('unquiesceSource')).rejects.toMatchObject({ report: { type: 'Refused' } });
    expect(source.find('Deployment', 'web')?.spec.replicas).toBe(0);
  });

  it('starts the source while the run unwinds', async () => {
    recorded.later.pop();
    recorded.state = 'Unwinding';
    expect(await perform('unquiesceSource')).toMatchObject({ workloads: 1 });
    expect(source.find('Deployment', 'web')?.spec.replicas).toBe(2);
  });
});
