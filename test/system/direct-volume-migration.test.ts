import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectSuccess, NAMESPACE, startMigration, untilEnded } from '../../lab/client/migrations.js';
import { until } from '../../lab/client/until.js';
import { readVolume } from '../../lab/client/volume-reader.js';
import type { DirectVolumeMigration } from '../../resources/kinds/direct-volume-migration.js';
import type { DirectVolumeMigrationProgress } from '../../resources/kinds/direct-volume-migration-progress.js';
import type { Condition } from '../../resources/meta/conditions.js';
import { migrationWorkflowId } from '../../temporal/contract/workflow-ids.js';
import { helpersLeft } from '../kit/cluster/helpers-left.js';
import { removeNamespaces } from '../kit/cluster/remove-namespaces.js';
import { TestApplication } from '../kit/cluster/test-application.js';
import { limitBandwidth } from '../kit/system/mid-run.js';
import { OwnSystem } from '../kit/system/own-system.js';
import { fromEnvironment } from '../kit/system/system.js';

const CLAIM = 'data-store-0';
const elsewhere = `dvm-archive-${randomBytes(2).toString('hex')}`;

let system: OwnSystem;
let application: TestApplication;

beforeAll(async () => {
  system = await OwnSystem.start();
  application = await TestApplication.deploy(system, 'dvm', { megabytes: 24 });
});

afterAll(async () => {
  if (system === undefined) return;
  await application?.remove();
  await removeNamespaces(system.target, [elsewhere]);
  await system.stop();
});

/** Applies a DirectVolumeMigration of the application's volume, as MTC's guide writes one. */
const apply = (name: string, claim: Record<string, unknown>, spec: Record<string, unknown> = {}): Promise<string> =>
  system.mtc.apply(
    JSON.stringify({
      apiVersion: 'migration.openshift.io/v1alpha1',
      kind: 'DirectVolumeMigration',
      metadata: { name, namespace: NAMESPACE },
      spec: {
        createDestinationNamespaces: false,
        deleteProgressReportingCRs: false,
        srcMigClusterRef: { name: 'source', namespace: NAMESPACE },
        destMigClusterRef: { name: 'target', namespace: NAMESPACE },
        persistentVolumeClaims: [{ name: CLAIM, namespace: application.namespace, ...claim }],
        ...spec,
      },
    }),
  );

const read = (name: string): Promise<DirectVolumeMigration | undefined> =>
  system.mtc.find<DirectVolumeMigration>('dvm', name, '-n', NAMESPACE);

const conditionsOf = (object: DirectVolumeMigration | undefined): Condition[] =>
  (object?.status?.conditions ?? []) as Condition[];

const untilHas = (name: string, type: string): Promise<DirectVolumeMigration> =>
  until(
    `DirectVolumeMigration ${name} is ${type}`,
    async () => {
      const object = await read(name);
      return conditionsOf(object).some((condition) => condition.type === type) ? object : undefined;
    },
    { seconds: 180, describe: async () => JSON.stringify((await read(name))?.status) },
  );

const progressOf = async (migration: DirectVolumeMigration): Promise<DirectVolumeMigrationProgress[]> => {
  const selector = `directvolumemigration=${migration.metadata.uid}`;
  const list = await system.mtc.get<{ items: DirectVolumeMigrationProgress[] }>(
    'dvmp',
    '-n',
    NAMESPACE,
    '-l',
    selector,
  );
  return list.items;
};

const untilMidCopy = (name: string): Promise<DirectVolumeMigration> =>
  until(
    `DirectVolumeMigration ${name} is in mid-copy`,
    async () => {
      const object = await read(name);
      const [progress] = object ? await progressOf(object) : [];
      return Number.parseInt(progress?.status?.totalProgressPercentage ?? '0', 10) > 0 ? object : undefined;
    },
    { seconds: 120, describe: async () => JSON.stringify((await read(name))?.status) },
  );

const checksums = async (claim: string): Promise<string> =>
  readVolume(
    system.target,
    { namespace: elsewhere, claim, image: fromEnvironment('TRANSFER_IMAGE') },
    'cd /volume && find . -type f | sort | xargs sha256sum',
  );

describe('a DirectVolumeMigration that a user made', () => {
  const archive = { targetNamespace: elsewhere, targetName: 'archive' };
  let copied: DirectVolumeMigration;

  it('says what stands in its way, and begins when it is fixed', async () => {
    await apply('archive', archive);
    const waiting = await untilHas('archive', 'NamespaceNotFoundOnDestinationCluster');
    expect(waiting.status).toMatchObject({ phase: 'Prepare', itinerary: 'VolumeMigration' });
    expect(conditionsOf(waiting).find(({ category }) => category === 'Critical')?.message).toContain(elsewhere);
    await apply('archive', archive, { createDestinationNamespaces: true });
    copied = await untilHas('archive', 'Succeeded');
  });

  it('copies a claim to another namespace under another name while the application runs', async () => {
    expect(await checksums('archive')).toBe(await application.checksums(system.source));
    expect(await application.replicas()).toBe(2);
    const claim = await system.target.get<{ metadata: { labels: object } }>('pvc', 'archive', '-n', elsewhere);
    expect(claim.metadata.labels).toMatchObject({
      'migration.openshift.io/migrated-by-directvolumemigration': copied.metadata.uid,
    });
    expect(await helpersLeft(system, copied.metadata.uid ?? '')).toEqual([]);
  });

  it("tells its story in MTC's words", async () => {
    const claim = { name: CLAIM, namespace: application.namespace };
    expect(copied.status).toMatchObject({
      phase: 'Completed',
      itinerary: 'VolumeMigration',
      startTimestamp: expect.any(String),
      successfulPods: [{ namespace: application.namespace, pvcRef: claim }],
      rsyncOperations: [{ pvcReference: claim, currentAttempt: 1, succeeded: true, failed: false }],
    });
    expect(copied.status?.runningPods).toBeUndefined();
    expect(await progressOf(copied)).toMatchObject([
      {
        metadata: { ownerReferences: [{ kind: 'DirectVolumeMigration', name: 'archive', uid: copied.metadata.uid }] },
        spec: { clusterRef: { name: 'source' }, podNamespace: application.namespace },
        status: {
          phase: 'Succeeded',
          exitCode: 0,
          podName: copied.status?.successfulPods?.[0]?.name,
          totalProgressPercentage: '100%',
          lastObservedProgressPercent: '100%',
        },
      },
    ]);
    const table = await system.mtc.run(['-n', NAMESPACE, 'get', 'dvm,dvmp']);
    expect(table).toMatch(/directvolumemigration\S*\/archive +source +target +1 +Succeeded/);
    expect(table).toMatch(/directvolumemigrationprogress\S*\/archive-\S+ +source +mtc-\S+ +Succeeded +100%/);
  });

  it('cannot be changed any more, but deleted, with its progress', async () => {
    await expect(apply('archive', archive, { createDestinationNamespaces: false })).rejects.toThrow(
      /cannot be changed once the copy has begun/,
    );
    await system.mtc.run(['-n', NAMESPACE, 'delete', 'dvm', 'archive', '--timeout=30s']);
    await expect.poll(() => progressOf(copied), { timeout: 20_000 }).toEqual([]);
  });

  it('is cancelled by its deletion: nothing of it is left but the copied data', async () => {
    await limitBandwidth(system, 1_024);
    await apply('slow', { ...archive, targetName: 'slow' });
    const running = await untilMidCopy('slow');
    // What is shown follows the copy by up to a second, on a busy machine by more.
    await expect
      .poll(async () => (await read('slow'))?.status, { timeout: 20_000 })
      .toMatchObject({ phase: 'RunRsyncOperations', runningPods: [{ namespace: application.namespace }] });
    await system.mtc.run(['-n', NAMESPACE, 'delete', 'dvm', 'slow', '--timeout=120s']);
    expect(await helpersLeft(system, running.metadata.uid ?? '')).toEqual([]);
  });

  it('is closed when its workflow is terminated', async () => {
    await apply('terminated', { ...archive, targetName: 'terminated' });
    const { kind, metadata } = await untilMidCopy('terminated');
    const run = { kind: kind as 'DirectVolumeMigration', namespace: NAMESPACE, name: 'terminated' };
    const uid = metadata.uid ?? '';
    await system.temporalClient.workflow.getHandle(migrationWorkflowId({ ...run, uid })).terminate('by hand');
    const failed = await untilHas('terminated', 'Failed');
    expect(failed.status?.errors?.[0]).toContain('terminated');
    await expect
      .poll(async () => (await read('terminated'))?.metadata.finalizers ?? [], { timeout: 20_000 })
      .toEqual([]);
    const closed = await read('terminated');
    expect(closed?.status).toMatchObject({ rsyncOperations: [{ failed: true }], failedPods: [{}] });
    expect(await helpersLeft(system, uid)).toEqual([]);
    await limitBandwidth(system, -1);
  });

  it('does not begin while a foreign pod has the target claim mounted', async () => {
    const volumes = [{ name: 'data', persistentVolumeClaim: { claimName: 'archive' } }];
    const container = { name: 'reader', image: fromEnvironment('SAMPLE_APP_IMAGE'), command: ['sleep', '3600'] };
    const mounted = { ...container, volumeMounts: [{ name: 'data', mountPath: '/data' }] };
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'reader', namespace: elsewhere } };
    await system.target.apply(JSON.stringify({ ...pod, spec: { containers: [mounted], volumes } }));
    await apply('again', archive);
    const blocked = await untilHas('again', 'TargetVolumeInUse');
    expect(conditionsOf(blocked).find(({ type }) => type === 'TargetVolumeInUse')?.message).toContain('reader');
    await system.target.run(['-n', elsewhere, 'delete', 'pod', 'reader', '--grace-period=0', '--force']);
    const ended = await untilHas('again', 'SucceededWithWarnings');
    expect(conditionsOf(ended).map(({ type }) => type)).toContain('TargetVolumeExists');
  });

  it('fails with what failed, where, why and what to do', async () => {
    const quota = { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'no-claims', namespace: elsewhere } };
    await system.target.apply(JSON.stringify({ ...quota, spec: { hard: { persistentvolumeclaims: '0' } } }));
    await apply('refused', { ...archive, targetName: 'refused' });
    const failed = await untilHas('refused', 'Failed');
    expect(failed.status).toMatchObject({ phase: 'Completed', itinerary: 'VolumeMigrationFailed' });
    expect(failed.status?.errors?.[0]).toContain('exceeded quota');
    expect(conditionsOf(failed).find(({ type }) => type === 'Failed')).toMatchObject({ category: 'Critical' });
    expect(await helpersLeft(system, failed.metadata.uid ?? '')).toEqual([]);
  });
});

describe('the volumes of a migration', () => {
  it('are shown as a DirectVolumeMigration of its own, with the progress of each', async () => {
    const { mtc } = system;
    await limitBandwidth(system, 4_096);
    await startMigration(mtc, 'dvm-stage', application.plan, { stage: true });
    const stage = await until(
      'the copy is shown',
      async () => {
        const [shown] = await shownBy('dvm-stage');
        return shown?.status?.runningPods ? shown : undefined;
      },
      { seconds: 120 },
    );
    expect(stage).toMatchObject({
      metadata: { ownerReferences: [{ kind: 'MigMigration', name: 'dvm-stage' }] },
      spec: {
        srcMigClusterRef: { name: 'source' },
        destMigClusterRef: { name: 'target' },
        migrationType: 'Stage',
        persistentVolumeClaims: [{ name: CLAIM, namespace: application.namespace, targetName: CLAIM }],
      },
      status: { phase: 'RunRsyncOperations', itinerary: 'VolumeMigration' },
    });
    await expect
      .poll(async () => (await progressOf(stage))[0]?.status, { timeout: 60_000 })
      .toMatchObject({
        phase: 'Running',
        lastObservedTransferRate: expect.stringMatching(/B\/s$/),
        totalProgressPercentage: expect.stringMatching(/^[1-9]\d?%$/),
      });
    expectSuccess(await untilEnded(mtc, 'dvm-stage', { seconds: 180 }));
    const [ended] = await shownBy('dvm-stage');
    expect(conditionsOf(ended).map(({ type }) => type)).toEqual(['Succeeded']);
    expect(ended?.status).toMatchObject({ phase: 'Completed', rsyncOperations: [{ succeeded: true }] });
    expect(await progressOf(stage)).toMatchObject([
      { status: { phase: 'Succeeded', totalProgressPercentage: '100%' } },
    ]);
  });

  it('are shown as one for both passes of a cutover', async () => {
    const { mtc } = system;
    await limitBandwidth(system, -1);
    await startMigration(mtc, 'dvm-cutover', application.plan, { quiescePods: true });
    expectSuccess(await untilEnded(mtc, 'dvm-cutover', { seconds: 180 }));
    const shown = await shownBy('dvm-cutover');
    expect(shown).toMatchObject([
      {
        spec: { migrationType: 'Final' },
        status: { phase: 'Completed', rsyncOperations: [{ pass: 'final', succeeded: true }] },
      },
    ]);
    const [progress] = shown[0] ? await progressOf(shown[0]) : [];
    expect(progress?.status).toMatchObject({ pass: 'final', phase: 'Succeeded' });
    expect(progress?.status?.rsyncPodStatuses).toMatchObject([{ phase: 'Succeeded', exitCode: 0 }]);
  });

  it('are shown no longer once the migration is deleted', async () => {
    const [shown] = await shownBy('dvm-stage');
    await system.mtc.run(['-n', NAMESPACE, 'delete', 'migmigration', 'dvm-stage', '--timeout=60s']);
    await expect.poll(() => read(shown?.metadata.name ?? ''), { timeout: 20_000 }).toBeUndefined();
    await expect.poll(() => (shown ? progressOf(shown) : []), { timeout: 20_000 }).toEqual([]);
  });
});

async function shownBy(migration: string): Promise<DirectVolumeMigration[]> {
  const owner = await system.mtc.get<{ metadata: { uid: string } }>('migmigration', migration, '-n', NAMESPACE);
  const selector = `migration-direct-volume=${owner.metadata.uid}`;
  const list = await system.mtc.get<{ items: DirectVolumeMigration[] }>('dvm', '-n', NAMESPACE, '-l', selector);
  return list.items;
}
