import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { PlanInput } from '../../activities/plan/contract.js';
import type { KubeObject } from '../../resources/meta/kube-object.js';
import { ANNOTATIONS, MIGRATION_NAMESPACE, PLAN_FINALIZER } from '../../resources/meta/labels.js';
import { removePlanWorkflowId, sweepWorkflowId } from '../../temporal/contract/workflow-ids.js';
import { ensurePlanWorkflows } from '../../worker/plan-workflows.js';
import { ScriptedActivities } from '../kit/temporal/scripted-activities.js';
import { ScriptedWorker } from '../kit/temporal/scripted-worker.js';

let worker: ScriptedWorker;
beforeAll(async () => {
  worker = await ScriptedWorker.start();
});
afterAll(() => worker?.stop());

const identity = (): PlanInput => ({ namespace: MIGRATION_NAMESPACE, name: 'shop', uid: randomUUID() });
const plan = (metadata: object, status?: object): KubeObject => ({
  apiVersion: 'migration.openshift.io/v1alpha1',
  kind: 'MigPlan',
  metadata: { ...identity(), ...metadata },
  spec: {},
  status,
});

type Script = ConstructorParameters<typeof ScriptedActivities>[1];

async function serve(script: Script, drive: (client: Client) => Promise<void>): Promise<string[]> {
  const activities = new ScriptedActivities(() => expect.fail('there is no run'), script);
  await worker.serve(activities, drive);
  return activities.calls;
}

it('a sweep is made for each time it was asked for, and started once', async () => {
  let due = 2;
  const sweepPlan = async () => {
    due -= 1;
    return { again: due > 0 };
  };
  const asked = plan({ annotations: { [ANNOTATIONS.sweepsRequested]: '2' } });
  const calls = await serve({ sweepPlan }, async (client) => {
    await Promise.all([ensurePlanWorkflows(client, asked), ensurePlanWorkflows(client, asked)]);
    await client.workflow.getHandle(sweepWorkflowId(MIGRATION_NAMESPACE, 'shop')).result();
  });
  expect(calls).toEqual(['sweepPlan', 'sweepPlan']);
});

it('what was not asked for is not started', async () => {
  const metadata = { annotations: { [ANNOTATIONS.sweepsRequested]: '2' } };
  const calls = await serve({}, async (client) => {
    await ensurePlanWorkflows(client, plan(metadata, { lastSweep: { request: 2 } }));
    await ensurePlanWorkflows(client, plan({ finalizers: [PLAN_FINALIZER] }));
    await ensurePlanWorkflows(client, plan({ deletionTimestamp: '2026-01-01T00:00:00Z', finalizers: ['another'] }));
  });
  expect(calls).toEqual([]);
});

it('a deleted plan goes last, with all that is left told once', async () => {
  let gone: unknown;
  const script = {
    removePlanHelpers: async () => ({ removed: 1, errors: ['Cluster source: away.'] }),
    removePlanBackups: async () => ({ removed: 0, errors: ['Cluster source: away.', 'Cluster target: no Velero.'] }),
    letPlanGo: async (input: unknown) => {
      gone = input;
    },
  };
  const input = identity();
  const deleted = plan({ ...input, deletionTimestamp: '2026-01-01T00:00:00Z', finalizers: [PLAN_FINALIZER] });
  const calls = await serve(script, async (client) => {
    await Promise.all([ensurePlanWorkflows(client, deleted), ensurePlanWorkflows(client, deleted)]);
    await client.workflow.getHandle(removePlanWorkflowId(input)).result();
  });
  expect(calls).toEqual(['waitForMigrationsGone', 'removePlanHelpers', 'removePlanBackups', 'letPlanGo']);
  expect(gone).toEqual({ ...input, left: ['Cluster source: away.', 'Cluster target: no Velero.'] });
});
