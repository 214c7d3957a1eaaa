import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import type { ClusterClient } from '../../../../clusters/cluster-client.js';
import { waitForObject } from '../../../../clusters/wait-for.js';
import type { KubeObject } from '../../../../resources/meta/kube-object.js';
import { MIGRATION_NAMESPACE } from '../../../../resources/meta/labels.js';
import type { ClusterSide, RunCluster, RunRecord, RunRef } from '../../../../resources/run/run-record.js';
import type { RunState } from '../../../../resources/run/run-state.js';
import type { createActivities } from '../../../../worker/create-activities.js';
import { refOf, runRecord } from '../../fakes/recorded-run.js';
import type { TemporaryStore } from '../../postgres/temporary-store.js';
import { fromEnvironment } from '../../system/system.js';
import type { ApiProxy } from '../api-proxy/api-proxy.js';

/** What workers perform. */
export type PerformedActivity = keyof ReturnType<typeof createActivities>;

/** What scenes share. */
export interface SceneLab {
  readonly temporary: TemporaryStore;
  /** By name, performed in this process: for what comes before the one that is tried. */
  readonly activities: ReturnType<typeof createActivities>;
  /** As administrators. */
  readonly administrators: Record<ClusterSide, ClusterClient>;
  /** Takes a scene away, which is over when the lab has stopped. */
  close(scene: ActivityScene): void;
}

export interface SceneNames {
  /** 8 hex digits; in the name of everything of the scene, so that it is told from all others. */
  id: string;
  namespace: Record<ClusterSide, string>;
  /** The scene's MigClusters. */
  cluster: Record<ClusterSide, RunCluster>;
}

/** One run with a namespace on either side, in which an activity is performed. */
export class ActivityScene implements SceneNames {
  readonly since = new Date();
  readonly id: string;
  readonly namespace: Record<ClusterSide, string>;
  readonly cluster: Record<ClusterSide, RunCluster>;
  readonly proxies: Record<ClusterSide, ApiProxy>;
  readonly record: RunRecord;
  readonly run: RunRef;

  constructor(
    readonly lab: SceneLab,
    {
      id,
      proxies,
      storageUid,
      planUid,
    }: { id: string; proxies: Record<ClusterSide, ApiProxy>; storageUid: string; planUid: string },
    recordOf: (names: SceneNames) => Partial<RunRecord>,
  ) {
    this.id = id;
    this.proxies = proxies;
    this.namespace = { source: `fla-${id}-shop`, target: `fla-${id}-moved` };
    const clusterOf = (side: ClusterSide): RunCluster => ({
      namespace: MIGRATION_NAMESPACE,
      name: `${side}-${id}`,
      uid: `${id}-${side}`,
      clusterUid: `${id}-${side}`,
      minor: 36,
    });
    this.cluster = { source: clusterOf('source'), target: clusterOf('target') };
    const { settings } = runRecord();
    this.record = runRecord({
      migration: { kind: 'MigMigration', namespace: MIGRATION_NAMESPACE, name: `move-${id}`, uid: `${id}-run` },
      plan: { namespace: MIGRATION_NAMESPACE, name: `plan-${id}`, uid: planUid },
      ...this.cluster,
      storage: { namespace: MIGRATION_NAMESPACE, name: `storage-${id}`, uid: storageUid },
      namespaces: [this.namespace],
      settings: {
        ...settings,
        transferImage: fromEnvironment('TRANSFER_IMAGE'),
        transferPod: { requests: { cpu: '10m', memory: '16Mi' }, limits: { cpu: '1', memory: '256Mi' } },
      },
      ...recordOf(this),
    });
    this.run = refOf(this.record);
  }

  get source(): ClusterClient {
    return this.lab.administrators.source;
  }

  get target(): ClusterClient {
    return this.lab.administrators.target;
  }

  /** What is in the scene's way of being found: its id, and what it does not show in. */
  get traces(): string[] {
    return [this.id, this.record.storage.uid.slice(0, 8)];
  }

  async begin(): Promise<void> {
    const { run, record } = this;
    const { itinerary } = record;
    await this.lab.temporary.store.runs.freeze(
      { ref: run, itinerary, state: 'Running', workflowId: `migration/${this.id}` },
      record,
    );
    await this.makeNamespace('source');
  }

  /** Pods can be made in it when this resolves. */
  async makeNamespace(side: ClusterSide): Promise<void> {
    const [client, name] = [this[side], this.namespace[side]];
    await client.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
    const account = { apiVersion: 'v1', kind: 'ServiceAccount', namespace: name, name: 'default' };
    await waitForObject(client, account, () => true, { signal: AbortSignal.timeout(60_000) });
  }

  /** Creates objects, in the scene's namespace unless they say otherwise, one after the other. */
  async put(side: ClusterSide, ...objects: KubeObject[]): Promise<KubeObject[]> {
    const made: KubeObject[] = [];
    for (const { metadata, ...object } of objects) {
      made.push(
        await this[side].create({
          ...object,
          metadata: { namespace: this.namespace[side], ...metadata },
        } as KubeObject),
      );
    }
    return made;
  }

  /** Performs an activity of the run in this process, undisturbed. */
  perform(name: PerformedActivity, input: object = {}): Promise<unknown> {
    return this.performAs(this.run, name, input);
  }

  /** Another run of the scene's plan, which does the same. */
  async otherRun(name: string, state: RunState): Promise<RunRef> {
    const { record, id, lab } = this;
    const migration = { ...record.migration, name: `${name}-${id}`, uid: `${id}-${name}` };
    const ref = { ...migration, attempt: 1 };
    const row = { ref, itinerary: record.itinerary, state, workflowId: `migration/${name}-${id}` };
    await lab.temporary.store.runs.freeze(row, { ...record, migration, attempt: 1 });
    return ref;
  }

  performAs(run: RunRef, name: PerformedActivity, input: object = {}): Promise<unknown> {
    const environment = new MockActivityEnvironment({}, { logger: new DefaultLogger('ERROR') });
    const activity = this.lab.activities[name] as (input: object) => Promise<unknown>;
    return environment.run<[object], unknown, typeof activity>(activity, { run, ...input });
  }
}
