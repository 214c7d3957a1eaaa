import { describe, expect, it } from 'vitest';
import type { VolumeTransferRow } from '../../migrations-db/migration-store.js';
import type { KubeObject } from '../../resources/meta/kube-object.js';
import { FakeCluster } from '../../test/kit/fakes/fake-cluster.js';
import { recordedRun, refOf, runRecord, runVolume } from '../../test/kit/fakes/recorded-run.js';
import { VolumeProgress } from './volume-progress.js';

const VOLUMES = 16;
const volumes = Array.from({ length: VOLUMES }, (_, index) => runVolume({ namespace: 'shop', claim: `data-${index}` }));
const record = runRecord({ volumes });
const run = refOf(record);

/** A run whose writes are counted, with objects that only know their names. */
function countedRun() {
  const [source, target] = [new FakeCluster('source').client, new FakeCluster('target').client];
  const recorded = recordedRun(record, { source, target });
  const objects = new Map<string, KubeObject>();
  objects.set('move', { apiVersion: 'v1', kind: 'MigMigration', metadata: { name: 'move', uid: run.uid } });
  const commits: number[] = [];
  const statements: number[] = [];
  const { runs, statuses } = recorded.deps.store;
  const saved = new Map<string, VolumeTransferRow>();
  Object.assign(runs, {
    saveTransfers: async (rows: VolumeTransferRow[]) => {
      statements.push(Date.now());
      for (const row of rows) saved.set(row.volumeId, row);
    },
    transfers: async () => [...saved.values()],
  });
  const write = statuses.writeStepProgress;
  statuses.writeStepProgress = async (...args: Parameters<typeof write>) => {
    commits.push(Date.now());
    return write(...args);
  };
  const resources = {
    get: async ({ name }: { name: string }) => objects.get(name),
    update: async ({ name }: { name: string }, change: (current: KubeObject) => KubeObject) => {
      commits.push(Date.now());
      const known = objects.get(name) ?? { apiVersion: 'v1', kind: '', metadata: { name, uid: name } };
      objects.set(name, change(known));
      return objects.get(name);
    },
  };
  Object.assign(recorded.deps.store, { resources });
  return { recorded, commits, statements, saved, objects };
}

const most = (times: readonly number[]): number =>
  Math.max(...times.map((first) => times.filter((time) => time >= first && time < first + 990).length));

describe('the progress of many volumes of one run', () => {
  it('is written together, by five objects a second at most and one statement, and every outcome before its pass ends', async () => {
    const { recorded, commits, statements, saved, objects } = countedRun();
    const passes = volumes.map((volume) => {
      const volumeRun = { deps: recorded.deps, run, record, volume };
      return new VolumeProgress(volumeRun as never, 'pre-copy', `client-of-${volume.key}-1`);
    });
    for (const pass of passes) pass.begin();
    const end = Date.now() + 3_000;
    for (let doneBytes = 1; Date.now() < end; doneBytes += 1) {
      for (const pass of passes) pass.update({ doneBytes, totalBytes: 1_000 }, undefined);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    const count = { files: 1, bytes: 1 };
    const result = { ...count, sentBytes: 1, seconds: 1, vanished: 0, source: count, target: count, attempts: 1 };
    await Promise.all(passes.map((pass) => pass.succeeded({ ...result, warnings: [] })));

    expect([...saved.values()].filter(({ phase }) => phase === 'Succeeded')).toHaveLength(VOLUMES);
    expect(recorded.progress.lines[0]).toContain(`${VOLUMES} successful`);
    expect(most(commits)).toBeLessThanOrEqual(5);
    expect(statements.length).toBeLessThanOrEqual(7);
    const shown = () => [...objects.values()].filter(({ status }) => status?.phase === 'Succeeded');
    await expect.poll(() => shown().length, { timeout: 15_000 }).toBe(VOLUMES);
    expect(most(commits)).toBeLessThanOrEqual(5);
  }, 30_000);
});
