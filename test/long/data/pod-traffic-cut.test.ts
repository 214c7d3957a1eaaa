import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectSuccess, readMigration, startMigration } from '../../../lab/client/migrations.js';
import { until } from '../../../lab/client/until.js';
import { reportedTransfers } from '../../kit/cluster/transfer-report.js';
import { volumeManifest } from '../../kit/cluster/volume-manifest.js';
import { claim, deployment } from '../../kit/fakes/workload-objects.js';
import { cutPodTraffic, restorePodTraffic } from '../../kit/faults/network-faults.js';
import { copiedPercent, limitBandwidth } from '../../kit/system/mid-run.js';
import { Scene } from '../../kit/system/scene.js';
import { SharedSystem } from '../../kit/system/shared-system.js';

const MEGABYTE = 1024 * 1024;
const FILE = 8 * MEGABYTE;
const FILL = `for i in $(seq 8); do dd if=/dev/urandom of=/data/part-$i bs=1M count=${FILE / MEGABYTE} 2>/dev/null; done`;

let system: SharedSystem;
let scene: Scene;

beforeAll(async () => {
  system = await SharedSystem.attach();
  await limitBandwidth(system, 1024);
  scene = await Scene.open(system, 'cut', [claim('data'), deployment('store', { claim: 'data', first: FILL })]);
  await scene.plan();
});

afterAll(async () => {
  await restorePodTraffic();
  await scene?.remove();
  await system?.stop();
});

describe('pod traffic between the clusters dropped for 5 minutes', () => {
  it('delays the copy and costs at most the file in hand', async () => {
    const { mtc, source, target } = system;
    await startMigration(mtc, 'cut', scene.namespace, { stage: true });
    const percent = async (): Promise<number> => copiedPercent(await readMigration(mtc, 'cut')) ?? 0;
    await until('30 % of the copy', async () => (await percent()) > 30 || undefined, { seconds: 90 });
    await cutPodTraffic();
    try {
      await pause(300_000);
      const seen = await readMigration(mtc, 'cut');
      expect(seen?.status?.phase).toBe('WaitForDirectVolumeMigrationToComplete');
    } finally {
      await restorePodTraffic();
    }
    expectSuccess(await scene.ended('cut'));

    const [transfer] = await reportedTransfers(system, 'cut');
    // It was the connection that broke, not the pod.
    expect(transfer).toMatchObject({ attempt: 1 });
    const { sentBytes = 0, totalBytes = 0 } = transfer ?? {};
    expect(sentBytes - totalBytes).toBeLessThanOrEqual(FILE * 1.1);
    const [there, here] = await Promise.all(
      [source, target].map((cluster) => volumeManifest(cluster, scene.namespace, 'data')),
    );
    expect(here).toEqual(there);
  });
});
