import { randomUUID } from 'node:crypto';
import { Context } from '@temporalio/activity';
import { expect } from 'vitest';
import type { RunRef, VolumeLabel } from '../../../resources/run/run-record.js';
import { runSummary } from '../fakes/run-summary.js';
import type { KeptHistory } from './histories.js';
import { historyBytes, largestTaskBytes } from './history-sizes.js';
import { ScriptedActivities } from './scripted-activities.js';

const MIB = 1024 * 1024;

export const newRun = (): RunRef => ({
  kind: 'MigMigration',
  namespace: 'openshift-migration',
  name: 'many',
  uid: randomUUID(),
  attempt: 1,
});

/** Volumes with the longest names there can be, in so many namespaces. */
export const longNamedVolumes = (count: number, namespaces = 1): VolumeLabel[] =>
  Array.from({ length: count }, (_, index) => {
    const id = `${String(index % namespaces).padStart(63, 'n')}/${String(index).padStart(63, 'c')}`;
    return { id, label: `${id} → ${id}, 10Gi` };
  });

/** A script of many volumes that notes how many are under way at the same time: from their first helper to the removal of the last. */
export function manyVolumes(
  count: number,
  maxConcurrentVolumes: number,
  itinerary: 'Stage' | 'Final' = 'Stage',
  namespaces = 1,
) {
  const underWay = new Set<string>();
  const seen = { most: 0, copied: 0 };
  const activities = new ScriptedActivities(
    runSummary({ itinerary, volumes: longNamedVolumes(count, namespaces), maxConcurrentVolumes }),
    {
      provisionTargetVolume: ({ volume }: { volume: string }) => {
        underWay.add(volume);
        seen.most = Math.max(seen.most, underWay.size);
      },
      copyVolume: async ({ volume }: { volume: string }) => {
        expect(Context.current().info.taskQueue).toBe('transfers');
        seen.copied += 1;
        underWay.delete(volume);
        const count = { files: 1, bytes: 1 };
        return {
          ...count,
          sentBytes: 1,
          seconds: 1,
          vanished: 0,
          source: count,
          target: count,
          attempts: 1,
          warnings: [`${volume} ${'w'.repeat(500)}`],
        };
      },
    },
  );
  return { activities, seen };
}

/** What Temporal takes without a warning, with room to spare. */
export function expectSmall(histories: readonly KeptHistory[]): void {
  for (const kept of histories) {
    expect(historyBytes(kept), `history of ${kept.type}`).toBeLessThanOrEqual(5 * MIB);
    expect(largestTaskBytes(kept), `largest task of ${kept.type}`).toBeLessThanOrEqual(MIB);
  }
}
