import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { beforeEach, describe, expect, it } from 'vitest';
import type { ClusterClient } from '../../clusters/cluster-client.js';
import type { KubeObject } from '../../resources/meta/kube-object.js';
import { FakeCluster } from '../../test/kit/fakes/fake-cluster.js';
import { recordedRun, refOf, runRecord, runVolume } from '../../test/kit/fakes/recorded-run.js';
import { createVolumeActivities } from './index.js';

const NAMESPACES = ['shop', 'bank'];
const VOLUMES = 16;
const MOST_CALLS = 20;

const volumes = Array.from({ length: VOLUMES }, (_, index) =>
  runVolume({ namespace: NAMESPACES[index % NAMESPACES.length] ?? '', claim: `data-${index}` }),
);
const record = runRecord({ volumes, namespaces: NAMESPACES.map((name) => ({ source: name, target: name })) });
const run = refOf(record);

const counts = { files: 1, directories: 0, links: 0, others: 0, bytes: 1, sparse: 0, owners: [] };
const report = {
  ...{ event: 'result', outcome: 'copied', exit: 0, sessions: 1, seconds: 1, sentBytes: 1, vanished: 0, files: 1 },
  ...{ bytes: 1, source: counts, target: counts, space: null, errors: [] },
};

let calls: Map<string, number>;

/** Requests as a server would see them, each of which takes a while. */
function counted(cluster: FakeCluster): ClusterClient {
  const note = (call: string) => calls.set(call, (calls.get(call) ?? 0) + 1);
  const slowly = () => new Promise((resolve) => setTimeout(resolve, 10));
  return new Proxy(cluster, {
    get(target, name: keyof ClusterClient) {
      const value = Reflect.get(target, name, target) as unknown;
      if (typeof value !== 'function' || ['discover', 'resourceOf', 'close'].includes(name)) return value;
      const call = value.bind(target) as (...args: unknown[]) => unknown;
      return (...args: unknown[]) => {
        const { kind = '' } = (args[0] ?? {}) as { kind?: string };
        note(`${name} ${kind}`);
        if (name === 'watch') note('list of a watch');
        if (name === 'watch' || name === 'logs') return call(...args);
        return slowly().then(async () => {
          const result = await call(...args);
          if (name === 'createIfAbsent' && !(result as { created: boolean }).created) note(`get ${kind}`);
          return result;
        });
      };
    },
  }) as unknown as ClusterClient;
}

const pod = (name: string, namespace: string, claim: string) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace },
  spec: { nodeName: 'n', volumes: [{ name: 'v', persistentVolumeClaim: { claimName: claim } }] },
  status: { phase: 'Running' },
});

/** Plays the controllers of both clusters. */
function controllers(cluster: FakeCluster): void {
  cluster.react = ({ kind, metadata, spec, status }: KubeObject) => {
    const { name, namespace } = metadata;
    const ref = { kind, namespace, name };
    if (kind === 'PersistentVolumeClaim' && !spec?.volumeName) {
      cluster.set({
        apiVersion: 'v1',
        kind: 'PersistentVolume',
        metadata: { name: `pv-${namespace}-${name}` },
        spec: {},
      });
      cluster.edit(ref, { spec: { volumeName: `pv-${namespace}-${name}` } });
    }
    if (kind !== 'Pod' || status?.phase || !name.startsWith('mtc-')) return;
    const container = (state: object) => [{ name: 'rsync', ready: true, state }];
    const phase = name.includes('server') ? 'Running' : 'Succeeded';
    const state =
      phase === 'Running' ? { running: {} } : { terminated: { exitCode: 0, message: JSON.stringify(report) } };
    cluster.podLogs.set(name, []);
    setTimeout(() => cluster.edit(ref, { status: { phase, containerStatuses: container(state) } }), 50);
  };
}

let source: FakeCluster;
let target: FakeCluster;

beforeEach(() => {
  calls = new Map();
  source = new FakeCluster('source');
  target = new FakeCluster('target');
  for (const namespace of NAMESPACES) {
    for (const cluster of [source, target]) {
      cluster.set({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
    }
  }
  for (const { source: from } of volumes) {
    const claim = {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name: from.claim, namespace: from.namespace },
    };
    source.set({ ...claim, spec: { accessModes: ['ReadWriteOnce'] } });
    source.set(pod(`app-of-${from.claim}`, from.namespace, from.claim));
  }
  target.set({ apiVersion: 'v1', kind: 'Node', metadata: { name: 'n' }, status: { addresses: [] } });
  for (const cluster of [source, target]) controllers(cluster);
});

describe('a pass over many volumes', () => {
  it('asks the API servers twenty times for each volume at most', async () => {
    const { deps } = recordedRun(record, { source: counted(source), target: counted(target) });
    const activities = createVolumeActivities(deps);
    const perform = <Input, Result>(activity: (input: Input) => Promise<Result>, input: Input): Promise<Result> =>
      new MockActivityEnvironment({}, { logger: new DefaultLogger('ERROR') }).run(activity, input);
    const pass = async (volume: string, which: 'pre-copy' | 'final') => {
      const input = { run, volume };
      await perform(activities.provisionTargetVolume, input);
      const prepared = await perform(activities.prepareVolume, input);
      const result = await perform(activities.copyVolume, { ...input, pass: which, prepared });
      await perform(activities.removeVolumeHelpers, { ...input, ...(which === 'pre-copy' && { between: true }) });
      return result;
    };
    for (const which of ['pre-copy', 'final'] as const) {
      calls.clear();
      const results = await Promise.all(volumes.map(({ id }) => pass(id, which)));
      expect(results).toHaveLength(VOLUMES);
      const total = [...calls.values()].reduce((sum, count) => sum + count, 0);
      expect(total / VOLUMES, `${which}: ${JSON.stringify(Object.fromEntries(calls))}`).toBeLessThanOrEqual(MOST_CALLS);
    }
    expect(source.find('Pod', 'app-of-data-0')).toBeDefined();
  }, 60_000);
});
