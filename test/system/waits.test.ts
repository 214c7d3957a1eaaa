import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectSuccess, type Migration, NAMESPACE, startMigration, untilEnded } from '../../lab/client/migrations.js';
import { deployment } from '../kit/fakes/workload-objects.js';
import { Scene } from '../kit/system/scene.js';
import { SharedSystem } from '../kit/system/shared-system.js';

let system: SharedSystem;
beforeAll(async () => {
  system = await SharedSystem.attach();
});
afterAll(() => system?.stop());

const progress = async (name: string, step: string): Promise<string[]> => {
  const { status } = await system.mtc.get<Migration>('migmigration', name, '-n', NAMESPACE);
  return status?.pipeline?.find((entry) => entry.name === step)?.progress ?? [];
};

describe('a wait', () => {
  it('tells in the status since when, for what, and the last event of it, until it ends', async ({
    onTestFinished,
  }) => {
    const slow = deployment('slow', { last: 'sleep 12' });
    const scene = await Scene.open(system, 'waits', [slow]);
    onTestFinished(() => scene.remove());
    await scene.plan();
    await startMigration(system.mtc, scene.namespace, scene.namespace, { quiescePods: true });
    await expect
      .poll(async () => (await progress(scene.namespace, 'StageBackup')).join('\n'), { timeout: 90_000, interval: 500 })
      .toMatch(
        /^Waiting since \d{4}-\S+Z \(gives up after 10 min without movement\): the last pod of the halted applications to end, cluster source, .*Pods left \(1\): \S+\/slow-\S+ \(terminating on node \S+\).*last event: Killing: /,
      );
    const migration = await untilEnded(system.mtc, scene.namespace, { seconds: 120 });
    expectSuccess(migration);
    expect((migration.status?.pipeline ?? []).flatMap((entry) => entry.progress ?? []).join('\n')).not.toContain(
      'Waiting since',
    );
  });
});
