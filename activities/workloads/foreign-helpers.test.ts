import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { beforeEach, describe, expect, it } from 'vitest';
import type { KubeObject } from '../../resources/meta/kube-object.js';
import { LABELS } from '../../resources/meta/labels.js';
import { helperName } from '../../resources/run/names.js';
import type { RunRef } from '../../resources/run/run-record.js';
import { isHalted } from '../../resources/workloads/quiesce.js';
import { FakeCluster } from '../../test/kit/fakes/fake-cluster.js';
import { recordedRun, refOf, runRecord } from '../../test/kit/fakes/recorded-run.js';
import { createWorkloadActivities } from './index.js';

/* What carries the label of helpers and is none is an application as all others: rule 1 holds for it. */

let source: FakeCluster;
let activities: ReturnType<typeof createWorkloadActivities>;
let recorded: ReturnType<typeof recordedRun>;

beforeEach(() => {
  source = new FakeCluster('source');
  recorded = recordedRun(runRecord(), { source: source.client, target: new FakeCluster('target').client });
  activities = createWorkloadActivities(recorded.deps);
  recorded.others.push({
    ref: { ...refOf(runRecord()), uid: 'former-uid' },
    itinerary: 'Stage',
    state: 'Failed',
    facts: {},
    workflowId: '',
    startedAt: '',
  });
});

const perform = <Result>(activity: (input: { run: RunRef }) => Promise<Result>): Promise<Result> =>
  new MockActivityEnvironment({}, { logger: new DefaultLogger('ERROR') }).run(activity, { run: refOf(runRecord()) });

const hookOf = (uid: string): string => helperName({ uid }, 'hook-prebackup');
const labeled = (uid: string) => ({ labels: { [LABELS.helper]: uid } });
const set = (apiVersion: string, kind: string, name: string, metadata: object, spec: object = {}): KubeObject =>
  source.set({
    apiVersion,
    kind,
    metadata: { name, namespace: 'shop', ...metadata },
    spec,
    status: { phase: 'Running' },
  });
const controlledBy = ({ apiVersion, kind, metadata }: KubeObject) => ({
  ownerReferences: [{ apiVersion, kind, name: metadata.name, uid: metadata.uid ?? '', controller: true }],
});

describe('a workload with the label of helpers', () => {
  it.each([
    ['any value', 'x'],
    ["this run's", 'migration-uid'],
    ["a recorded run's", 'former-uid'],
  ])('of %s is halted', async (_, uid) => {
    set('apps/v1', 'Deployment', 'web', labeled(uid), { replicas: 2 });
    await perform(activities.quiesceApplications);
    expect(source.find('Deployment', 'web')?.spec.replicas).toBe(0);
  });

  it('leaves the Jobs of hooks alone, of this run and of recorded ones, but no other Job', async () => {
    const jobs = {
      [hookOf('migration-uid')]: 'migration-uid',
      [`${hookOf('former-uid')}-2`]: 'former-uid',
      copied: 'migration-uid',
      foreign: 'x',
    };
    for (const [name, uid] of Object.entries(jobs)) {
      set('batch/v1', 'Job', name, labeled(uid), { parallelism: 1 });
    }
    await perform(activities.quiesceApplications);
    const halted = [...source.objects.values()].filter(isHalted).map(({ metadata }) => metadata.name);
    expect(halted).toEqual(['copied', 'foreign']);
  });
});

describe('a pod with the label of helpers', () => {
  it.each([
    ['any value', 'x'],
    ["a recorded run's", 'migration-uid'],
  ])('of %s, kept by an application, is waited for', async (_, uid) => {
    const owner = set('apps/v1', 'ReplicaSet', 'web-1', {}, { replicas: 0 });
    set('v1', 'Pod', 'web-1-a', { ...labeled(uid), ...controlledBy(owner) });
    let ended = false;
    setTimeout(() => {
      ended = true;
      source.delete({ apiVersion: 'v1', kind: 'Pod', namespace: 'shop', name: 'web-1-a' });
    }, 50);
    expect(await perform(activities.waitForQuiesce)).toEqual({ pods: 1 });
    expect(ended).toBe(true);
  });

  it('of a Job of a hook of a recorded run is not waited for', async () => {
    const job = set('batch/v1', 'Job', hookOf('former-uid'), labeled('former-uid'), { parallelism: 1 });
    set('v1', 'Pod', 'hook-a', { ...labeled('former-uid'), ...controlledBy(job) });
    expect(await perform(activities.waitForQuiesce)).toEqual({ pods: 0 });
  });

  it('without controller is named among those that keep running', async () => {
    set('v1', 'Pod', 'tool', labeled('x'));
    const { warnings } = await perform(activities.quiesceApplications);
    expect(warnings).toMatchObject([{ type: 'BarePodsNotHalted', message: expect.stringContaining('shop/tool') }]);
  });
});
