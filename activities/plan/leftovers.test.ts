import type { Client } from '@temporalio/client';
import { WorkflowNotFoundError } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import pino from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ClusterClient } from '../../clusters/cluster-client.js';
import { KubernetesApiError } from '../../clusters/kubernetes-api-error.js';
import { SYSTEM_ACTOR } from '../../migrations-db/migration-store.js';
import type { KubeObject } from '../../resources/meta/kube-object.js';
import {
  ANNOTATIONS,
  FOREGROUND_DELETION,
  LABELS,
  MIGRATION_FINALIZER,
  MIGRATION_NAMESPACE,
  PLAN_FINALIZER,
} from '../../resources/meta/labels.js';
import type { RunRef } from '../../resources/run/run-record.js';
import { FakeCluster } from '../../test/kit/fakes/fake-cluster.js';
import { runRecord } from '../../test/kit/fakes/recorded-run.js';
import { startTemporaryStore, type TemporaryStore } from '../../test/kit/postgres/temporary-store.js';
import { createLeftoverActivities } from './index.js';

let temporary: TemporaryStore;
let source: FakeCluster;
let target: FakeCluster;
/** Clusters that do not answer. */
let away: Set<string>;
let leftovers: ReturnType<typeof createLeftoverActivities>;
/** Workflows that are open. */
let open: Set<string>;

const client = {
  withAbortSignal: <Result>(_: AbortSignal, work: () => Promise<Result>) => work(),
  workflow: {
    getHandle: (id: string) => ({
      describe: async () => {
        if (!open.has(id)) throw new WorkflowNotFoundError('gone', id, undefined);
        return { status: { name: 'RUNNING' } };
      },
    }),
  },
} as unknown as Client;
const perform = <Input, Result>(activity: (input: Input) => Promise<Result>, input: Input): Promise<Result> =>
  new MockActivityEnvironment({}, { client }).run<[Input], Result, typeof activity>(activity, input);

let number = 0;
let plan: { namespace: string; name: string; uid: string };

const readPlan = async () =>
  (await temporary.store.resources.get({ kind: 'MigPlan', namespace: plan.namespace, name: plan.name })) as KubeObject;
const eventsAboutPlan = async () =>
  (await temporary.store.resources.list({ kind: 'Event' })).items
    .filter(({ involvedObject }) => involvedObject.uid === plan.uid)
    .map(({ type, reason, message }) => ({ type, reason, message }));

beforeAll(async () => {
  temporary = await startTemporaryStore();
});
afterAll(() => temporary?.remove());

beforeEach(async () => {
  source = new FakeCluster('source');
  target = new FakeCluster('target');
  away = new Set();
  open = new Set();
  const clusters = {
    connect: async ({ name }: { name: string }): Promise<ClusterClient> => {
      if (away.has(name)) {
        const details = { code: 0, reason: '', cluster: name, verb: 'get', path: '/', retryable: true };
        throw new KubernetesApiError(`${name} does not answer`, details);
      }
      return (name === 'source' ? source : target).client;
    },
    close: async () => undefined,
  };
  leftovers = createLeftoverActivities({ store: temporary.store, clusters, logger: pino({ level: 'silent' }) });
  await temporary.store.resources
    .create(
      {
        apiVersion: 'migration.openshift.io/v1alpha1',
        kind: 'MigrationController',
        metadata: { namespace: MIGRATION_NAMESPACE, name: 'migration-controller' },
        spec: { cleanup_patience_seconds: 2, backup_patience_seconds: 2 },
      },
      { actor: SYSTEM_ACTOR },
    )
    .catch(() => undefined);
  number += 1;
  const { metadata } = await temporary.store.resources.create(
    {
      apiVersion: 'migration.openshift.io/v1alpha1',
      kind: 'MigPlan',
      metadata: {
        namespace: MIGRATION_NAMESPACE,
        name: `plan-${number}`,
        annotations: { [ANNOTATIONS.sweepsRequested]: '1' },
        finalizers: [PLAN_FINALIZER],
      },
      spec: {},
      status: { conditions: [{ type: 'Ready', status: 'True' }] },
    },
    { actor: SYSTEM_ACTOR },
  );
  plan = { namespace: MIGRATION_NAMESPACE, name: metadata.name, uid: metadata.uid ?? '' };
});

/** A run of the plan as it is recorded; its object is there when `finalizers` are given. */
async function run(name: string, state: 'Running' | 'Failed' | 'Succeeded', finalizers?: string[]): Promise<RunRef> {
  const unique = `${name}-${number}`;
  const kind = 'MigMigration' as const;
  const object = finalizers && {
    apiVersion: 'migration.openshift.io/v1alpha1',
    kind,
    metadata: { namespace: MIGRATION_NAMESPACE, name: unique, finalizers },
    spec: {},
  };
  const uid = object ? (await temporary.store.resources.create(object, { actor: SYSTEM_ACTOR })).metadata.uid : unique;
  const ref = { kind, namespace: MIGRATION_NAMESPACE, name: unique, uid: uid ?? '', attempt: 1 };
  const { attempt, ...migration } = ref;
  const base = runRecord();
  const record = runRecord({
    migration,
    attempt,
    plan,
    source: { ...base.source, clusterUid: 'one' },
    target: { ...base.target, clusterUid: 'two' },
  });
  await temporary.store.runs.freeze({ ref, itinerary: 'Final', state: 'Running', workflowId: unique }, record);
  await temporary.store.runs.setState(ref, state);
  return ref;
}

const helper = (kind: string, name: string, namespace: string, owner: RunRef): KubeObject => ({
  apiVersion: 'v1',
  kind,
  metadata: { name, namespace, labels: { [LABELS.helper]: owner.uid } },
});

describe('a sweep', () => {
  it('removes what ended runs left, wherever it is, and nothing of one that runs', async () => {
    const ended = await run('ended', 'Failed', []);
    const deleted = await run('deleted', 'Succeeded');
    const running = await run('running', 'Running', [MIGRATION_FINALIZER]);
    const retried = await run('retried', 'Failed', [MIGRATION_FINALIZER]);
    source.set(helper('Secret', 'keys', 'anywhere', ended));
    source.set(helper('ConfigMap', 'kept', 'shop', running));
    target.set(helper('Service', 'server', 'shop', deleted));
    target.set(helper('Secret', 'kept', 'shop', retried));
    target.set(helper('Secret', 'foreign', 'shop', { ...ended, uid: 'of another plan' }));
    expect(await perform(leftovers.sweepPlan, plan)).toEqual({ again: false });
    expect([...source.objects.keys()]).toEqual(['ConfigMap shop/kept']);
    expect([...target.objects.keys()]).toEqual(['Secret shop/kept', 'Secret shop/foreign']);
    const { status } = await readPlan();
    expect(status.lastSweep).toEqual({ at: expect.any(String), removed: 2, request: 1 });
    expect(status.conditions).toEqual([{ type: 'Ready', status: 'True' }]);
    expect(await eventsAboutPlan()).toMatchObject([{ type: 'Normal', reason: 'Swept' }]);
  });

  it('leaves alone a run whose object was forced away while its workflow is open', async () => {
    const forced = await run('forced', 'Running');
    open.add(forced.name);
    source.set(helper('Secret', 'keys', 'shop', forced));
    await perform(leftovers.sweepPlan, plan);
    expect(source.objects.size).toBe(1);
    open.clear();
    await temporary.store.resources.remove({ kind: 'MigPlan', ...plan }, { actor: SYSTEM_ACTOR });
    expect((await perform(leftovers.removePlanHelpers, plan)).removed).toBe(1);
  });

  it('leaves alone a run that has begun again while a cluster was waited for', async () => {
    const ended = await run('ended', 'Failed', []);
    target.set(helper('Secret', 'keys', 'shop', ended));
    away.add('source');
    setTimeout(async () => {
      const { kind, namespace, name } = ended;
      const begin = (object: KubeObject) => ({
        ...object,
        metadata: { ...object.metadata, finalizers: [MIGRATION_FINALIZER] },
      });
      await temporary.store.resources.update({ kind, namespace, name }, begin, { actor: SYSTEM_ACTOR });
    }, 200);
    await perform(leftovers.sweepPlan, plan);
    expect(target.mutations).toEqual([]);
  });

  it('is made once for each time it was asked for', async () => {
    const ended = await run('ended', 'Failed', []);
    await perform(leftovers.sweepPlan, plan);
    source.set(helper('Secret', 'keys', 'shop', ended));
    await perform(leftovers.sweepPlan, plan);
    expect(source.objects.size).toBe(1);
  });

  it('clears one cluster when the other does not answer, and tells', async () => {
    const ended = await run('ended', 'Failed', []);
    target.set(helper('Secret', 'keys', 'shop', ended));
    away.add('source');
    await perform(leftovers.sweepPlan, plan);
    expect(target.objects.size).toBe(0);
    const { status } = await readPlan();
    expect(status.lastSweep).toMatchObject({ removed: 1, errors: [expect.stringContaining('source does not answer')] });
    expect(status.conditions).toContainEqual(
      expect.objectContaining({ type: 'SweepIncomplete', category: 'Warn', durable: true }),
    );
    expect(await eventsAboutPlan()).toMatchObject([{ type: 'Warning', reason: 'SweepIncomplete' }]);

    away.clear();
    const ask = (current: KubeObject) => ({
      ...current,
      metadata: { ...current.metadata, annotations: { [ANNOTATIONS.sweepsRequested]: '2' } },
    });
    await temporary.store.resources.update({ kind: 'MigPlan', ...plan }, ask, { actor: SYSTEM_ACTOR });
    await perform(leftovers.sweepPlan, plan);
    expect((await readPlan()).status).toMatchObject({ lastSweep: { request: 2 }, conditions: [{ type: 'Ready' }] });
    expect((await readPlan()).status.conditions).toHaveLength(1);
  });
});

describe('what Velero holds of a deleted plan', () => {
  const velero = (kind: string, name: string, run: RunRef, status: object = { phase: 'Completed' }): KubeObject => ({
    apiVersion: 'velero.io/v1',
    kind,
    metadata: {
      name,
      namespace: MIGRATION_NAMESPACE,
      labels: { [LABELS.migratedByPlan]: plan.uid, [LABELS.migrationUid]: run.uid },
    },
    status,
  });
  const kindsIn = ({ objects }: FakeCluster) => [...objects.keys()];

  /** Velero as far as it deletes Backups; with `errors` it fails to. */
  function runVelero(cluster: FakeCluster, errors?: string[]): void {
    cluster.set({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'velero', namespace: MIGRATION_NAMESPACE },
      status: { readyReplicas: 1 },
    });
    cluster.beforeMutation = (call) => {
      const [verb, kind, path] = call.split(' ');
      if (verb !== 'create' || kind !== 'DeleteBackupRequest') return;
      setTimeout(() => {
        const [namespace, name = ''] = path?.split('/') ?? [];
        const apiVersion = 'velero.io/v1';
        const request = cluster.find('DeleteBackupRequest', name);
        if (request) cluster.set({ ...request, status: { phase: 'Processed', errors } });
        if (!errors) cluster.delete({ apiVersion, kind: 'Backup', namespace, name });
      }, 20);
    };
  }

  beforeEach(async () => {
    await temporary.store.resources.remove({ kind: 'MigPlan', ...plan }, { actor: SYSTEM_ACTOR });
  });

  it('stays while the plan is not being deleted, whoever begins its removal', async () => {
    const { metadata } = await temporary.store.resources.create(
      { ...(await readPlan()), metadata: { namespace: plan.namespace, name: `${plan.name}-living` } },
      { actor: SYSTEM_ACTOR },
    );
    plan = { namespace: plan.namespace, name: metadata.name, uid: metadata.uid ?? '' };
    const ended = await run('ended', 'Succeeded');
    for (const cluster of [source, target]) cluster.set(velero('Backup', 'initial', ended));
    await expect(perform(leftovers.removePlanBackups, plan)).rejects.toMatchObject({ report: { type: 'Refused' } });
    expect([...source.mutations, ...target.mutations]).toEqual([]);
  });

  it('stays when the plan turns out not to be deleted in the midst of it', async () => {
    const ended = await run('ended', 'Succeeded');
    target.set(velero('Restore', 'final', ended));
    const { resources } = temporary.store;
    const read = resources.get.bind(resources);
    let looks = 0;
    const get = vi.spyOn(resources, 'get').mockImplementation(async (key) => {
      const found = await read(key);
      if (key.kind !== 'MigPlan' || !found) return found;
      looks += 1;
      if (looks === 1) return found;
      return { ...found, metadata: { ...found.metadata, deletionTimestamp: undefined } };
    });
    await expect(perform(leftovers.removePlanBackups, plan))
      .rejects.toMatchObject({ report: { type: 'Refused' } })
      .finally(() => get.mockRestore());
    expect(target.mutations).toEqual([]);
  });

  it('goes: Restores first, Backups by a request to the source, and their copies', async () => {
    const ended = await run('ended', 'Succeeded');
    const running = await run('running', 'Running', [MIGRATION_FINALIZER]);
    for (const cluster of [source, target]) {
      runVelero(cluster);
      cluster.set(velero('Backup', 'initial', ended));
    }
    target.set(velero('Restore', 'final', ended));
    source.set(velero('Backup', 'busy', running, { phase: 'InProgress' }));
    expect(await perform(leftovers.removePlanBackups, plan)).toEqual({ removed: 3, errors: [] });
    expect(kindsIn(source)).toEqual(['Deployment openshift-migration/velero', 'Backup openshift-migration/busy']);
    expect(kindsIn(target)).toEqual(['Deployment openshift-migration/velero']);
    expect(target.mutations.join()).not.toContain('DeleteBackupRequest');
    expect(await perform(leftovers.removePlanBackups, plan)).toEqual({ removed: 0, errors: [] });
  });

  it('is emptied by the target when the source is away', async () => {
    const ended = await run('ended', 'Succeeded');
    away.add('source');
    runVelero(target);
    target.set(velero('Backup', 'initial', ended));
    const { removed, errors } = await perform(leftovers.removePlanBackups, plan);
    expect(removed).toBe(1);
    expect(errors).toEqual([expect.stringContaining('Cluster source: ')]);
    expect(kindsIn(target)).toEqual(['Deployment openshift-migration/velero']);
  });

  it('stays, with the reason, where Velero cannot delete it, and is asked for again', async () => {
    const ended = await run('ended', 'Succeeded');
    runVelero(source, ['the bucket is gone']);
    source.set(velero('Backup', 'initial', ended));
    const first = await perform(leftovers.removePlanBackups, plan);
    expect(first.errors).toEqual([expect.stringContaining('the bucket is gone')]);
    runVelero(source);
    expect(await perform(leftovers.removePlanBackups, plan)).toEqual({ removed: 1, errors: [] });
    expect(kindsIn(source)).toEqual(['Deployment openshift-migration/velero']);
  });

  it('stays where no Velero runs, which is told after the patience', async () => {
    const ended = await run('ended', 'Succeeded');
    source.set(velero('Backup', 'initial', ended));
    const { errors } = await perform(leftovers.removePlanBackups, plan);
    expect(errors).toEqual([expect.stringContaining('deployment velero')]);
  });
});

describe('a plan that is not being deleted', () => {
  it('keeps the helpers of its runs and itself, whoever begins its removal', async () => {
    target.set(helper('Secret', 'keys', 'shop', await run('ended', 'Succeeded')));
    const refused = { report: { type: 'Refused', what: 'What belongs to a MigPlan that is not being deleted stays' } };
    await expect(perform(leftovers.removePlanHelpers, plan)).rejects.toMatchObject(refused);
    await expect(perform(leftovers.letPlanGo, { ...plan, left: [] })).rejects.toMatchObject(refused);
    expect(target.mutations).toEqual([]);
    expect((await readPlan()).metadata.finalizers).toEqual([PLAN_FINALIZER]);
  });
});

describe('a deleted plan', () => {
  const setFinalizers = (...finalizers: string[]) =>
    temporary.store.resources.update(
      { kind: 'MigPlan', ...plan },
      (current) => ({ ...current, metadata: { ...current.metadata, finalizers } }),
      { actor: SYSTEM_ACTOR },
    );

  it('waits for its migrations', async () => {
    await setFinalizers(PLAN_FINALIZER, FOREGROUND_DELETION);
    let gone = false;
    const waiting = perform(leftovers.waitForMigrationsGone, plan).then(() => {
      gone = true;
    });
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(gone).toBe(false);
    await setFinalizers(PLAN_FINALIZER);
    await waiting;
  });

  it('goes, with an Event about what stays', async () => {
    await temporary.store.resources.remove({ kind: 'MigPlan', ...plan }, { actor: SYSTEM_ACTOR });
    expect((await readPlan()).metadata.deletionTimestamp).toBeDefined();
    await perform(leftovers.letPlanGo, { ...plan, left: ['Cluster source: it does not answer.'] });
    expect(await readPlan()).toBeUndefined();
    expect(await eventsAboutPlan()).toEqual([
      { type: 'Warning', reason: 'LeftBehind', message: expect.stringContaining('it does not answer') },
    ]);
    await perform(leftovers.letPlanGo, { ...plan, left: [] });
  });
});
