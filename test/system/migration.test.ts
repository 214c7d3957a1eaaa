import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { APPLICATION, deployApplication, removeApplication } from '../../lab/client/application.js';
import { compareSides } from '../../lab/client/findings.js';
import { LedgerFollower } from '../../lab/client/ledger.js';
import { expectSuccess, type Migration, NAMESPACE, startMigration, untilEnded } from '../../lab/client/migrations.js';
import { removeNamespaces } from '../kit/cluster/remove-namespaces.js';
import { SharedSystem } from '../kit/system/shared-system.js';
import { fromEnvironment } from '../kit/system/system.js';

let system: SharedSystem;

beforeAll(async () => {
  system = await SharedSystem.attach();
  const { source, target } = system;
  await removeApplication(source, target);
  await deployApplication(source, fromEnvironment('SAMPLE_APP_IMAGE'));
  await system.plan('shop', [APPLICATION]);
});

afterAll(async () => {
  if (system === undefined) return;
  await Promise.all([system.source, system.target].map((cluster) => removeNamespaces(cluster, [APPLICATION])));
  await system.stop();
});

describe('an application that never stops writing', () => {
  const ended: Migration[] = [];

  it('moves in a stage and a cutover without losing an acknowledged row', async () => {
    const { mtc, source, target, kubectl } = system;
    const ledger = new LedgerFollower(kubectl, source.kubeconfig, { namespace: APPLICATION, name: 'ledger-0' });
    ledger.start();
    try {
      await startMigration(mtc, 'stage-1', 'shop', { stage: true });
      ended.push(await untilEnded(mtc, 'stage-1', { seconds: 240 }));
      await pause(1_000);
      await startMigration(mtc, 'cutover-1', 'shop', { quiescePods: true });
      ended.push(await untilEnded(mtc, 'cutover-1', { seconds: 240 }));
    } finally {
      ledger.stop();
    }
    for (const migration of ended) expectSuccess(migration);
    const findings = await compareSides(source, target, {
      image: fromEnvironment('SAMPLE_APP_IMAGE'),
      acknowledged: ledger.acknowledged,
      helperUids: ended.map((migration) => migration.metadata.uid),
    });
    expect(ledger.acknowledged).toBeGreaterThan(0);
    expect(findings.filter((finding) => !finding.ok)).toEqual([]);
  });

  it("tells its story in MTC's words", () => {
    const [stage, cutover] = ended;
    expect(stage?.status).toMatchObject({ phase: 'Completed', itinerary: 'Stage' });
    expect(cutover?.status).toMatchObject({ phase: 'Completed', itinerary: 'Final' });
    const steps = cutover?.status?.pipeline ?? [];
    expect(steps.map((step) => step.name)).toEqual([
      'Prepare',
      'Backup',
      'StageBackup',
      'DirectVolume',
      'Restore',
      'Cleanup',
    ]);
    for (const step of steps)
      expect(step, step.name).toMatchObject({ started: expect.any(String), completed: expect.any(String) });
    expect(steps.find((step) => step.name === 'DirectVolume')?.progress?.length).toBeGreaterThan(0);
  });

  it('shows the run to kubectl describe, with events, and keeps a log', async () => {
    const text = await system.mtc.run(['-n', NAMESPACE, 'describe', 'migmigration', 'cutover-1']);
    expect(text).toContain('Succeeded');
    expect(text).toMatch(/Events:\n/);
    const log = await system.mtc.run([
      'get',
      '--raw',
      `/apis/migration.openshift.io/v1alpha1/namespaces/${NAMESPACE}/migmigrations/cutover-1/log`,
    ]);
    expect(log).not.toBe('');
  });

  it('carries annotations and labels of the namespace over, and labels what was restored', async () => {
    const namespace = await system.target.get<{ metadata: { labels: object; annotations: object } }>(
      'namespace',
      APPLICATION,
    );
    expect(namespace.metadata.labels).toMatchObject({ team: 'checkout' });
    expect(namespace.metadata.annotations).toMatchObject({ 'shop.example/contact': 'checkout@shop.example' });
    const ledger = await system.target.get<{ metadata: { labels: Record<string, string> } }>(
      'statefulset',
      'ledger',
      '-n',
      APPLICATION,
    );
    expect(ledger.metadata.labels['migration.openshift.io/migrated-by-migmigration']).toBe(ended[1]?.metadata.uid);
  });
});
