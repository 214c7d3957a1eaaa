import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SYSTEM_ACTOR } from '../../migrations-db/migration-store.js';
import { ANNOTATIONS, LABELS } from '../../resources/meta/labels.js';
import type { RunFacts } from '../../resources/run/facts.js';
import { directVolumeName, shortUid, volumeProgressName } from '../../resources/run/names.js';
import type { RunRef, RunVolume } from '../../resources/run/run-record.js';
import { runRecord } from '../kit/fakes/recorded-run.js';
import { migration, plan } from './manifests.js';
import { KINDS_PATH, NAMESPACE, OBJECTS_PATH, TestApi } from './test-api.js';

interface Node {
  kind: string;
  name: string;
  state?: string;
  objectLink?: string;
  clusterType: string;
  cluster?: string;
  children: Node[];
}

let api: TestApi;
let run: RunRef;
beforeAll(async () => {
  api = await TestApi.start();
  await api.create('migplans', plan('shop'));
  const { body } = await api.create('migmigrations', migration('cutover', { quiescePods: true }));
  run = { kind: 'MigMigration', namespace: NAMESPACE, name: 'cutover', uid: body.metadata.uid, attempt: 1 };
});
afterAll(() => api?.close());

const TREE = `${OBJECTS_PATH}/migmigrations/cutover/tree`;

/** One line for each node, indented by its depth. */
const outline = (node: Node, depth = 0): string[] => [
  `${'  '.repeat(depth)}${node.kind} ${node.name}${node.cluster ? ` on ${node.cluster}` : ''}${node.state ? `: ${node.state}` : ''}`,
  ...node.children.flatMap((child) => outline(child, depth + 1)),
];
const links = (node: Node): string[] => [
  ...(node.objectLink ? [node.objectLink] : []),
  ...node.children.flatMap(links),
];

const volume: RunVolume = {
  id: 'shop/data',
  key: '01234567',
  persistentVolume: 'pv-data',
  source: { namespace: 'shop', claim: 'data' },
  target: {
    namespace: 'moved',
    claim: 'data-new',
    storageClass: 'standard',
    accessModes: ['ReadWriteOnce'],
    volumeMode: 'Filesystem',
    size: '1Gi',
  },
  verify: false,
  mover: { name: 'rsync' },
  allowOverwrite: false,
};

async function record(attempt: number, steps: string[], facts: RunFacts, resume?: { backup: string }) {
  const { runs } = api.store;
  const ref = { ...run, attempt };
  const { attempt: _, ...identity } = run;
  const hook = { phase: 'PreBackup', name: 'warm-up' } as never;
  const frozen = runRecord({ migration: identity, attempt, volumes: [volume], hooks: [hook], resume });
  await runs.freeze({ ref, itinerary: 'Final', state: 'Running', workflowId: 'w', facts }, frozen);
  for (const name of steps) await runs.recordStep(ref, { name, state: 'Completed', startedAt: '2026-01-01T10:00:00Z' });
  return ref;
}

/** What shows the copies of an attempt. */
async function show(ref: RunRef): Promise<void> {
  const put = (kind: string, name: string, labels: Record<string, string>, status: object) =>
    api.store.resources.create(
      {
        apiVersion: 'migration.openshift.io/v1alpha1',
        kind,
        metadata: { namespace: NAMESPACE, name, labels },
        spec: {},
        status,
      },
      { actor: SYSTEM_ACTOR },
    );
  const shown = await put(
    'DirectVolumeMigration',
    directVolumeName(ref),
    { [LABELS.directVolume]: ref.uid },
    { phase: 'Completed' },
  );
  const labels = { [LABELS.directVolumeMigration]: shown.metadata.uid ?? '' };
  await put('DirectVolumeMigrationProgress', volumeProgressName(ref, volume.key), labels, {});
}

describe('the tree of a migration', () => {
  it('is its plan and itself while nothing has begun', async () => {
    const { body } = await api.request('GET', TREE);
    expect(outline(body)).toEqual(['MigPlan shop', '  MigMigration cutover']);
  });

  it('has each attempt with its steps and what it made, and links to it', async () => {
    const first = await record(1, ['Prepare', 'Backup', 'DirectVolume', 'Restore'], {
      backup: 'b-initial',
      restore: 'r-final',
    });
    await show(first);
    await api.store.runs.saveTransfers([
      {
        ...{ ref: first, volumeId: 'shop/data', pass: 'final', phase: 'Succeeded', attempt: 1 },
        ...{ totalBytes: 1, doneBytes: 1, sentBytes: 1, files: 1, filesTotal: 1, rate: 1 },
      },
    ]);
    await api.store.runs.setState(first, 'Failed');
    await record(
      2,
      ['Prepare', 'PreBackupHooks'],
      { backup: 'b-initial', commitPoint: 'now' },
      { backup: 'b-initial' },
    );
    await api.store.resources.update(
      { kind: 'MigMigration', namespace: NAMESPACE, name: 'cutover' },
      (current) => ({ ...current, metadata: { ...current.metadata, annotations: { [ANNOTATIONS.attempt]: '2' } } }),
      { actor: SYSTEM_ACTOR },
    );
    const uid = shortUid(run.uid);
    const { stdout } = await api.kubectl('get', '--raw', TREE);
    const tree = JSON.parse(stdout);
    expect(outline(tree)).toEqual([
      'MigPlan shop',
      '  MigMigration cutover',
      '    Attempt 1: Failed',
      '      Step Prepare: Completed',
      '      Step Backup: Completed',
      '      Step DirectVolume: Completed',
      '      Step Restore: Completed',
      '      Backup b-initial on source: Completed',
      '      Restore r-final on target: Completed',
      `      DirectVolumeMigration cutover-${uid}: Completed`,
      `        DirectVolumeMigrationProgress cutover-${uid}-01234567: Succeeded`,
      '          PersistentVolumeClaim data on source',
      '          PersistentVolumeClaim data-new on target',
      '      MigHook warm-up: PreBackup: not begun',
      '    Attempt 2: Running',
      '      Step Prepare: Completed',
      '      Step PreBackupHooks: Completed',
      '      Backup b-initial on source: Completed',
      '      MigHook warm-up: PreBackup: Completed',
    ]);
    expect(links(tree)).toContain('/apis/velero.io/v1/namespaces/openshift-migration/backups/b-initial');
    expect(links(tree)).toContain('/api/v1/namespaces/moved/persistentvolumeclaims/data-new');
    for (const link of links(tree).filter(
      (path) => path.startsWith(`${OBJECTS_PATH}/`) && !path.includes('mighooks'),
    )) {
      expect((await api.request('GET', link)).code).toBe(200);
    }
  });

  it('says so when the plan is gone', async () => {
    await api.create('migmigrations', migration('lost', { migPlanRef: { name: 'nowhere' } }));
    const { body } = await api.request('GET', `${OBJECTS_PATH}/migmigrations/lost/tree`);
    expect(outline(body)).toEqual(['MigPlan nowhere: gone', '  MigMigration lost']);
    expect(body.objectLink).toBeUndefined();
  });
});

describe('the history of a retried migration', () => {
  it('tells every attempt with its errors', async () => {
    await api.store.runs.addFacts(run, { errors: ['The first one broke.'] });
    const { body: log } = await api.request('GET', `${OBJECTS_PATH}/migmigrations/cutover/log`);
    expect(log).toMatch(/Attempt 1: Final, Failed[\s\S]*The first one broke\.[\s\S]*Attempt 2: Final, Running/);
    const { body: report } = await api.request('GET', `${OBJECTS_PATH}/migmigrations/cutover/report`);
    expect(report.attempts).toMatchObject([
      { attempt: 1, errors: ['The first one broke.'] },
      { attempt: 2, errors: [] },
    ]);
  });
});

describe('a DirectVolumeMigration', () => {
  it('has log and report as well', async () => {
    const { body } = await api.create('directvolumemigrations', { metadata: { name: 'archive' }, spec: {} });
    const ref: RunRef = {
      kind: 'DirectVolumeMigration',
      namespace: NAMESPACE,
      name: 'archive',
      uid: body.metadata.uid,
      attempt: 1,
    };
    const { attempt, ...identity } = ref;
    await api.store.runs.freeze(
      { ref, itinerary: 'Stage', state: 'Running', workflowId: 'w' },
      runRecord({ migration: identity, attempt }),
    );
    const path = `${OBJECTS_PATH}/directvolumemigrations/archive`;
    expect((await api.request('GET', `${path}/log`)).body).toContain(`DirectVolumeMigration ${NAMESPACE}/archive (`);
    expect((await api.request('GET', `${path}/report`)).body).toMatchObject({ name: 'archive', attempts: [{}] });
    const { resources } = (await api.request('GET', KINDS_PATH)).body;
    const names = resources.map(({ name }: { name: string }) => name);
    expect(names).toEqual(expect.arrayContaining(['directvolumemigrations/log', 'migmigrations/tree']));
    expect((await api.request('GET', `${path}/tree`)).code).toBe(404);
  });
});
