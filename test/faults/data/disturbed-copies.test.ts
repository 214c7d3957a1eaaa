import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Kubectl } from '../../../lab/client/kubectl.js';
import { expectSuccess, readMigration, startMigration } from '../../../lab/client/migrations.js';
import { until } from '../../../lab/client/until.js';
import { reportedTransfers } from '../../kit/cluster/transfer-report.js';
import { volumeManifest } from '../../kit/cluster/volume-manifest.js';
import { claim, deployment } from '../../kit/fakes/workload-objects.js';
import { conditionOf, copiedPercent, limitBandwidth, untilMidCopy } from '../../kit/system/mid-run.js';
import { Scene } from '../../kit/system/scene.js';
import { SharedSystem } from '../../kit/system/shared-system.js';

const MEGABYTE = 1024 * 1024;
const FILE = 4 * MEGABYTE;

let system: SharedSystem;

beforeAll(async () => {
  system = await SharedSystem.attach();
  await limitBandwidth(system, 2 * 1024);
});

afterAll(() => system?.stop());

/** Files of random bytes, and everything else a volume may hold. */
const FILL = `set -e; cd /data; mkdir -p deep/er empty sticky; chmod 1777 sticky
  for i in $(seq 12); do dd if=/dev/urandom of=part-$i bs=1M count=${FILE / MEGABYTE} 2>/dev/null; done
  echo one >one; ln one deep/er/also-one; ln -s nowhere dangling; ln -s /etc/passwd absolute; ln -s one relative
  mkfifo pipe; : >zero; truncate -s ${2 * MEGABYTE} holes; echo end >>holes
  echo x >"$(printf 'line\\nbreak')"; echo x >"$(printf 'lat\\351n')"; echo x >" blanks and 'quotes\\" "
  echo x >-rf; echo x >.hidden; echo program >setuid; chown 1234:5678 setuid; chmod 6755 setuid
  echo secret >unreadable; chown 4321:4321 unreadable deep; chmod 0 unreadable; chmod 700 deep
  touch -d @0 one empty; touch -h -d @1 dangling`;

/** Until a share of the volume has arrived, as the operator reads it. */
const untilCopied = (name: string, percent: number): Promise<true> =>
  until(
    `${percent} % of the copy`,
    async () => {
      const copied = copiedPercent(await readMigration(system.mtc, name)) ?? 0;
      return copied > percent ? true : undefined;
    },
    { seconds: 60, describe: async () => JSON.stringify((await readMigration(system.mtc, name))?.status) },
  );

/** Deletes the pod of a role, as an operator or an eviction would. */
async function deletePod(cluster: Kubectl, scene: Scene, role: string): Promise<void> {
  const pods = `pods -l migration.openshift.io/helper-role=${role} -o name`.split(' ');
  const name = await cluster.run(['-n', scene.namespace, 'get', ...pods]);
  expect(name.split('\n')).toHaveLength(1);
  await cluster.run(['-n', scene.namespace, 'delete', name]);
}

describe.concurrent('client and server pod deleted in mid-copy', () => {
  it('costs at most the file in hand each time, and the volumes are alike', async ({ onTestFinished }) => {
    const scene = await Scene.open(system, 'copy', [
      claim('data'),
      deployment('store', { claim: 'data', first: FILL }),
    ]);
    onTestFinished(() => scene.remove());
    await scene.plan();
    await startMigration(system.mtc, 'disturbed', scene.namespace, { stage: true });

    await untilCopied('disturbed', 30);
    await deletePod(system.source, scene, 'rsync-client-pre-copy');
    await untilCopied('disturbed', 45);
    await deletePod(system.target, scene, 'rsync-server');
    expectSuccess(await scene.ended('disturbed'));

    const [transfer] = await reportedTransfers(system, 'disturbed');
    expect(transfer).toMatchObject({ pass: 'pre-copy', attempt: 2 });
    const { sentBytes = 0, totalBytes = 0 } = transfer ?? {};
    expect(sentBytes - totalBytes).toBeLessThanOrEqual(2 * FILE * 1.1);
    const [there, here] = await Promise.all(
      [system.source, system.target].map((cluster) => volumeManifest(cluster, scene.namespace, 'data')),
    );
    expect(there?.length).toBeGreaterThan(20);
    expect(here).toEqual(there);
  });
});

describe.concurrent('replicas raised again during the last pass', () => {
  it('fail the run before Restore, which names who did it, and the source unwinds', async ({ onTestFinished }) => {
    const late = '[ -e /data/late ] || dd if=/dev/urandom of=/data/late bs=1M count=10 2>/dev/null';
    const scene = await Scene.open(system, 'again', [
      claim('data'),
      deployment('store', { claim: 'data', last: late }),
      deployment('web', { replicas: 2 }),
    ]);
    onTestFinished(() => scene.remove());
    await scene.plan();
    await startMigration(system.mtc, 'again', scene.namespace, { quiescePods: true });
    await untilMidCopy(system, 'again', 'final');
    await system.source.run(['-n', scene.namespace, 'scale', 'deployment/web', '--replicas=1']);

    const migration = await scene.ended('again');
    expect(conditionOf(migration, 'Failed')?.message).toMatch(
      /Deployment \S+\/web has spec\.replicas 1, set by field manager "kubectl" through subresource scale.*started again with its former replicas/,
    );
    expect(migration.status?.pipeline?.find(({ name }) => name === 'StageBackup')).toMatchObject({
      message: 'Completed',
    });
    // What was set by hand stays.
    expect(await scene.replicas(system.source)).toEqual({ store: 1, web: 1 });
    expect(await scene.replicas(system.target)).toEqual({});
    const restores = ['-n', 'openshift-migration', 'get', 'restores.velero.io', '-o', 'name'];
    const label = `migration.openshift.io/migrated-by-migmigration=${migration.metadata.uid}`;
    expect(await system.target.run([...restores, '-l', label])).toBe('');
  });
});
