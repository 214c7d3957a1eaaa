import { randomBytes } from 'node:crypto';
import { pino } from 'pino';
import { createClusterConnections, TOKEN_KEY } from '../../../../activities/kit/cluster-connections.js';
import type { ClusterAccess } from '../../../../clusters/cluster-access.js';
import type { ClusterClient, ClusterConnections } from '../../../../clusters/cluster-client.js';
import { connectCluster } from '../../../../clusters/connect-cluster.js';
import { prepareCluster } from '../../../../clusters/preparation/prepare-cluster.js';
import { SYSTEM_ACTOR } from '../../../../migrations-db/migration-store.js';
import { findKind } from '../../../../resources/kinds/index.js';
import { API_VERSION, MIGRATION_NAMESPACE } from '../../../../resources/meta/labels.js';
import type { ClusterSide, RunRecord } from '../../../../resources/run/run-record.js';
import { createActivities } from '../../../../worker/create-activities.js';
import { administratorOf } from '../../cluster/real-cluster.js';
import { startTemporaryStore, type TemporaryStore } from '../../postgres/temporary-store.js';
import { fromEnvironment } from '../../system/system.js';
import { ApiProxy } from '../api-proxy/api-proxy.js';
import { RunnerPool } from './activity-runner.js';
import { ActivityScene, type SceneLab, type SceneNames } from './activity-scene.js';
import { removeTraces } from './remove-traces.js';
import { SIDES } from './sides.js';

const SECRETS = 'openshift-config';

/** What activities are tried in, one by one: both clusters, a store, and processes that perform them. */
export class ActivityLab implements SceneLab {
  private readonly scenes = new Set<ActivityScene>();
  private readonly removals: Promise<void>[] = [];

  private constructor(
    readonly temporary: TemporaryStore,
    readonly clusters: ClusterConnections,
    /** By name, performed in this process: for what comes before the one that is tried. */
    readonly activities: ReturnType<typeof createActivities>,
    readonly runners: RunnerPool,
    /** As administrators. */
    readonly administrators: Record<ClusterSide, ClusterClient>,
    private readonly accesses: Record<ClusterSide, ClusterAccess>,
    private readonly tokens: Record<ClusterSide, string>,
  ) {}

  static async start(runners = 4): Promise<ActivityLab> {
    const temporary = await startTemporaryStore();
    const { store } = temporary;
    const [source, target] = await Promise.all([administratorOf('source'), administratorOf('target')]);
    const administrators = { source: connectCluster(source), target: connectCluster(target) };
    const tokens = {
      source: await prepareCluster(administrators.source),
      target: await prepareCluster(administrators.target),
    };
    await putSecret(temporary, 'storage', {
      'aws-access-key-id': fromEnvironment('S3_ACCESS_KEY'),
      'aws-secret-access-key': fromEnvironment('S3_SECRET_KEY'),
    });
    const logger = pino({ level: 'silent' });
    const clusters = createClusterConnections(store, logger);
    const activities = createActivities({ store, clusters, logger });
    const pool = new RunnerPool(temporary.environment, runners);
    return new ActivityLab(temporary, clusters, activities, pool, administrators, { source, target }, tokens);
  }

  /** A run of its own on clusters and namespaces of its own, behind proxies of its own. */
  async open(recordOf: (names: SceneNames) => Partial<RunRecord> = () => ({})): Promise<ActivityScene> {
    const id = randomBytes(4).toString('hex');
    const proxies = {
      source: await ApiProxy.start(this.accesses.source),
      target: await ApiProxy.start(this.accesses.target),
    };
    for (const side of SIDES) {
      const { server: url, caBundle } = proxies[side].address;
      // One of its own: a token goes to the address of one proxy only.
      await putSecret(this.temporary, `${side}-${id}`, { [TOKEN_KEY]: this.tokens[side] });
      const serviceAccountSecretRef = { name: `${side}-${id}`, namespace: SECRETS };
      await this.put('MigCluster', `${side}-${id}`, { isHostCluster: false, url, caBundle, serviceAccountSecretRef });
    }
    const storage = await this.put('MigStorage', `storage-${id}`, {
      backupStorageProvider: 'aws',
      backupStorageConfig: {
        awsBucketName: fromEnvironment('S3_BUCKET'),
        awsRegion: fromEnvironment('S3_REGION'),
        awsS3Url: fromEnvironment('S3_URL'),
        awsS3ForcePathStyle: true,
        credsSecretRef: { name: 'storage', namespace: SECRETS },
      },
    });
    const refTo = (name: string) => ({ name: `${name}-${id}`, namespace: MIGRATION_NAMESPACE });
    const plan = await this.put('MigPlan', `plan-${id}`, {
      srcMigClusterRef: refTo('source'),
      destMigClusterRef: refTo('target'),
      migStorageRef: refTo('storage'),
    });
    const uids = { storageUid: storage.metadata.uid ?? '', planUid: plan.metadata.uid ?? '' };
    const scene = new ActivityScene(this, { id, proxies, ...uids }, recordOf);
    this.scenes.add(scene);
    await scene.begin();
    return scene;
  }

  /** Takes a scene away, which is over when the lab has stopped. */
  close(scene: ActivityScene): void {
    if (!this.scenes.delete(scene)) return;
    const removal = removeTraces(scene);
    // Told by `stop`.
    removal.catch(() => undefined);
    this.removals.push(removal);
  }

  async stop(): Promise<void> {
    await this.runners.close();
    for (const scene of this.scenes) this.close(scene);
    const removals = await Promise.allSettled(this.removals);
    await this.clusters.close();
    await Promise.all(Object.values(this.administrators).map((client) => client.close()));
    await this.temporary.remove();
    const failed = removals.find((removal) => removal.status === 'rejected');
    if (failed) throw failed.reason;
  }

  /** With the defaults that the API fills in. */
  private put(kind: string, name: string, written: object) {
    const spec = findKind(kind)?.spec?.parse(written);
    const object = { apiVersion: API_VERSION, kind, metadata: { name, namespace: MIGRATION_NAMESPACE }, spec };
    return this.temporary.store.resources.create(object, { actor: SYSTEM_ACTOR });
  }
}

async function putSecret({ store }: TemporaryStore, name: string, values: Record<string, string>): Promise<void> {
  const data = Object.fromEntries(
    Object.entries(values).map(([key, value]) => [key, Buffer.from(value).toString('base64')]),
  );
  await store.resources.create(
    { apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace: SECRETS }, data },
    { actor: SYSTEM_ACTOR },
  );
}
