import { describe, expect, it } from 'vitest';
import type { VolumeTransferRow } from '../../migrations-db/migration-store.js';
import type { DirectVolumeMigrationStatus } from '../../resources/kinds/direct-volume-migration.js';
import type { RunVolume } from '../../resources/run/run-record.js';
import { runRecord } from '../../test/kit/fakes/recorded-run.js';
import { withCopyOf } from './copy-state.js';
import { progressStatus } from './progress-status.js';
import { copyingStatus, endedStatus } from './shown-status.js';

const volume = (claim: string) => ({ id: `shop/${claim}`, source: { namespace: 'shop', claim } }) as RunVolume;
const row = (fields: Partial<VolumeTransferRow> = {}): VolumeTransferRow => ({
  ref: { kind: 'MigMigration', namespace: 'openshift-migration', name: 'move', uid: 'uid', attempt: 1 },
  volumeId: 'shop/data',
  pass: 'pre-copy',
  phase: 'Running',
  totalBytes: 200,
  doneBytes: 50,
  sentBytes: 50,
  files: 1,
  filesTotal: 4,
  rate: 35_200_000,
  attempt: 1,
  ...fields,
});

describe('the state of copies', () => {
  const pod = (name: string, claim: string) => ({
    name,
    namespace: 'shop',
    pvcRef: { name: claim, namespace: 'shop' },
  });

  it('moves the pod of one volume from list to list and leaves the others', () => {
    let status = withCopyOf({}, volume('data'), row({ phase: 'Pending' }), 'data-1');
    status = withCopyOf(status, volume('log'), row(), 'log-1');
    expect(status).toMatchObject({ pendingPods: [pod('data-1', 'data')], runningPods: [pod('log-1', 'log')] });
    status = withCopyOf(status, volume('data'), row({ phase: 'Succeeded' }), 'data-1');
    expect(status.pendingPods).toBeUndefined();
    expect(status).toMatchObject({ successfulPods: [pod('data-1', 'data')], runningPods: [pod('log-1', 'log')] });
    expect(status.rsyncOperations).toMatchObject([
      { pvcReference: { name: 'data' }, succeeded: true, failed: false },
      { pvcReference: { name: 'log' }, succeeded: false, failed: false },
    ]);
  });

  it('counts attempts', () => {
    const status = withCopyOf({}, volume('data'), row({ phase: 'Failed', attempt: 3 }), 'data-3');
    expect(status).toMatchObject({
      failedPods: [{ name: 'data-3' }],
      rsyncOperations: [{ currentAttempt: 3, failed: true }],
    });
  });

  it('is not set back by an activity that begins again', () => {
    const running = withCopyOf({}, volume('data'), row({ attempt: 2 }), 'data-2');
    expect(withCopyOf(running, volume('data'), row({ phase: 'Pending' }), 'data-1')).toBe(running);
    const next = withCopyOf(running, volume('data'), row({ phase: 'Pending', pass: 'final' }), 'data-final-1');
    expect(next).toMatchObject({ pendingPods: [{ name: 'data-final-1' }] });
  });

  it('names no pod where none was needed', () => {
    const status = withCopyOf({}, volume('data'), row({ phase: 'Succeeded', attempt: 0 }), undefined);
    expect(status.successfulPods).toBeUndefined();
  });
});

describe('the DirectVolumeMigration of a migration', () => {
  const volumes = [volume('data'), volume('log')];
  const stage = runRecord({ itinerary: 'Stage', volumes, quiescePods: false });
  const final = runRecord({ volumes });
  const copied = (status: DirectVolumeMigrationStatus, claim: string, pass: VolumeTransferRow['pass'] = 'pre-copy') =>
    withCopyOf(status, volume(claim), row({ phase: 'Succeeded', pass }), claim);
  const types = ({ conditions }: DirectVolumeMigrationStatus) => conditions?.map(({ type }) => type);

  it('is running until the last volume is copied', () => {
    const one = copyingStatus(copied({}, 'data'), stage);
    expect(one).toMatchObject({ phase: 'RunRsyncOperations', itinerary: 'VolumeMigration' });
    expect(one.conditions).toMatchObject([{ type: 'Running', message: '1 of 2 volumes are copied.' }]);
    const all = copyingStatus(copied(one, 'log'), stage);
    expect(all).toMatchObject({ phase: 'Completed', itinerary: 'VolumeMigration' });
    expect(types(all)).toEqual(['Succeeded']);
  });

  it('spans both passes of a cutover', () => {
    let status = copyingStatus(copied(copied({}, 'data'), 'log'), final);
    expect(types(status)).toEqual(['Running']);
    status = copyingStatus(copied(status, 'data', 'final'), final);
    expect(types(status)).toEqual(['Running']);
    status = copyingStatus(copied(status, 'log', 'final'), final);
    expect(types(status)).toEqual(['Succeeded']);
  });

  it('keeps its first end', () => {
    const outcome = { type: 'Failed', message: 'The volume is full.', errors: ['full'] } as const;
    const failed = endedStatus(copyingStatus(copied({}, 'data'), stage), { ...outcome, errors: ['full'] });
    expect(failed).toMatchObject({ phase: 'Completed', itinerary: 'VolumeMigrationFailed', errors: ['full'] });
    expect(failed.conditions).toMatchObject([{ type: 'Failed', category: 'Critical', message: 'The volume is full.' }]);
    expect(endedStatus(failed, { type: 'Succeeded', message: '' })).toBe(failed);
    expect(copyingStatus(failed, stage)).toBe(failed);
  });
});

describe('the progress of a volume', () => {
  const now = new Date('2026-01-01T01:02:03Z');
  const createdAt = '2026-01-01T00:00:00Z';

  it("is told in MTC's words", () => {
    expect(progressStatus({}, row({ startedAt: createdAt }), { name: 'data-1', createdAt }, now)).toMatchObject({
      podName: 'data-1',
      phase: 'Running',
      creationTimestamp: createdAt,
      containerElapsedTime: '1h2m3s',
      rsyncElapsedTime: '1h2m3s',
      lastObservedProgressPercent: '25%',
      lastObservedTransferRate: '35.20MB/s',
      totalProgressPercentage: '25%',
    });
  });

  it.each([
    [row({ totalBytes: 0, doneBytes: 0 }), '0%'],
    [row({ doneBytes: 199 }), '99%'],
    [row({ phase: 'Succeeded', totalBytes: 0, doneBytes: 0 }), '100%'],
  ])('of %# is a whole percentage', (of, share) => {
    expect(progressStatus({}, of, { name: 'data-1' }, now).totalProgressPercentage).toBe(share);
  });

  it('keeps the pods before this one, each once', () => {
    const first = progressStatus({}, row(), { name: 'data-1' }, now);
    const second = progressStatus(first, row({ attempt: 2 }), { name: 'data-2' }, now);
    const done = progressStatus(second, row({ attempt: 2, phase: 'Succeeded' }), { name: 'data-2' }, now);
    expect(done).toMatchObject({ podName: 'data-2', exitCode: 0 });
    expect(done.rsyncPodStatuses).toMatchObject([{ podName: 'data-1', phase: 'Failed' }]);
    const final = progressStatus(done, row({ pass: 'final' }), { name: 'data-final-1' }, now);
    expect(final.rsyncPodStatuses).toMatchObject([
      { podName: 'data-1' },
      { podName: 'data-2', phase: 'Succeeded', exitCode: 0 },
    ]);
    expect(final.exitCode).toBeUndefined();
  });

  it('is not set back by an activity that begins again', () => {
    const running = progressStatus({}, row({ attempt: 2 }), { name: 'data-2' }, now);
    expect(progressStatus(running, row({ phase: 'Pending' }), { name: 'data-1' }, now)).toBe(running);
  });
});
