import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { StorageInput } from '../../activities/storage/contract.js';
import type { KubeObject } from '../../resources/meta/kube-object.js';
import { MIGRATION_NAMESPACE, STORAGE_FINALIZER } from '../../resources/meta/labels.js';
import { objectChanged } from '../../temporal/contract/messages.js';
import { removeStorageWorkflowId } from '../../temporal/contract/workflow-ids.js';
import { ensureStorageWorkflow } from '../../worker/storage-workflows.js';
import { ScriptedActivities } from '../kit/temporal/scripted-activities.js';
import { ScriptedWorker } from '../kit/temporal/scripted-worker.js';

let worker: ScriptedWorker;
beforeAll(async () => {
  worker = await ScriptedWorker.start();
});
afterAll(() => worker?.stop());

const identity = (): StorageInput => ({ namespace: MIGRATION_NAMESPACE, name: 'repository', uid: randomUUID() });
const storage = (metadata: KubeObject['metadata']): KubeObject => ({
  apiVersion: 'migration.openshift.io/v1alpha1',
  kind: 'MigStorage',
  metadata,
  spec: {},
});
const deleted = (input: StorageInput): KubeObject =>
  storage({ ...input, deletionTimestamp: '2026-01-01T00:00:00Z', finalizers: [STORAGE_FINALIZER] });

type Script = ConstructorParameters<typeof ScriptedActivities>[1];

async function serve(
  script: Script,
  drive: (client: Client, activities: ScriptedActivities) => Promise<void>,
): Promise<string[]> {
  const activities = new ScriptedActivities(() => expect.fail('there is no run'), script);
  await worker.serve(activities, (client) => drive(client, activities));
  return activities.calls;
}

it('a deleted storage is taken off the clusters before it goes, once however often it is asked for', async () => {
  const input = identity();
  const calls = await serve({}, async (client) => {
    await Promise.all([ensureStorageWorkflow(client, deleted(input)), ensureStorageWorkflow(client, deleted(input))]);
    await client.workflow.getHandle(removeStorageWorkflowId(input)).result();
  });
  expect(calls).toEqual(['waitForStorageUnused', 'removeStorageLocations', 'letStorageGo']);
});

it('one that is used, or was put on no cluster, is left alone', async () => {
  const calls = await serve({}, async (client) => {
    await ensureStorageWorkflow(client, storage({ ...identity(), finalizers: [STORAGE_FINALIZER] }));
    await ensureStorageWorkflow(client, storage({ ...identity(), deletionTimestamp: '2026-01-01T00:00:00Z' }));
  });
  expect(calls).toEqual([]);
});

it('what has to stay for now goes later, when the storage is long gone', async () => {
  const input = identity();
  const cluster = { namespace: MIGRATION_NAMESPACE, name: 'source' };
  const left = [{ cluster, why: 'Cluster source does not answer.' }];
  const asked: unknown[] = [];
  let told: unknown;
  const script = {
    removeStorageLocations: async (places: unknown) => {
      asked.push(places);
      return asked.length === 1 ? { removed: 1, left } : { removed: 1, left: [] };
    },
    letStorageGo: async (what: unknown) => {
      told = what;
    },
  };
  await serve(script as Script, async (client, activities) => {
    await ensureStorageWorkflow(client, deleted(input));
    const removal = client.workflow.getHandle(removeStorageWorkflowId(input));
    await expect.poll(() => activities.calls, { timeout: 45_000 }).toContain('letStorageGo');
    expect(told).toEqual({ ...input, left });
    expect((await removal.describe()).status.name).toBe('RUNNING');
    await removal.signal(objectChanged);
    await removal.result();
  });
  expect(asked).toEqual([input, { ...input, clusters: [cluster] }]);
});
