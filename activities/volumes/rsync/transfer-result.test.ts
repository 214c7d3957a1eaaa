import { describe, expect, it } from 'vitest';
import { refOf, runRecord } from '../../../test/kit/fakes/recorded-run.js';
import type { VolumeRun } from '../volume-run.js';
import type { TransferReport, VolumeCounts } from './client-events.js';
import { transferResult } from './transfer-result.js';

const volume = {
  id: 'shop/data',
  key: '1',
  source: { namespace: 'shop', claim: 'data' },
  target: { namespace: 'moved', claim: 'new' },
};
const record = runRecord();
const volumeRun = { record, run: refOf(record), volume } as unknown as VolumeRun;

const counts = (changes: Partial<VolumeCounts> = {}): VolumeCounts => ({
  files: 10,
  directories: 2,
  links: 1,
  others: 1,
  bytes: 1000,
  sparse: 0,
  owners: ['0:0', '999:999'],
  ...changes,
});
const report = (changes: Partial<TransferReport> = {}): TransferReport => ({
  event: 'result',
  outcome: 'copied',
  exit: 0,
  sessions: 1,
  seconds: 1.5,
  sentBytes: 1100,
  vanished: 0,
  files: 10,
  bytes: 1000,
  source: counts(),
  target: counts({ owners: ['999:999', '0:0'] }),
  space: { availableBytes: 2048, freeInodes: 7 },
  errors: [],
  ...changes,
});
const judge = (pass: 'pre-copy' | 'final', changes: Partial<TransferReport> = {}) =>
  transferResult(volumeRun, pass, report(changes), { attempts: 2, lostBytes: 50 });

describe('a pass', () => {
  it('has copied when both sides hold the same', () => {
    expect(judge('final')).toEqual({
      files: 10,
      bytes: 1000,
      sentBytes: 1150,
      seconds: 1.5,
      vanished: 0,
      source: { files: 14, bytes: 1000 },
      target: { files: 14, bytes: 1000 },
      attempts: 2,
      warnings: [],
    });
  });

  it.each([
    ['files', { files: 9 }, '10 files on the source, 9 on the target'],
    ['links', { links: 0 }, '1 links on the source, 0 on the target'],
    ['others', { others: 2 }, '1 others on the source, 2 on the target'],
    ['bytes', { bytes: 999 }, '1000 bytes on the source, 999 on the target'],
  ])('after quiesce fails when %s differ', (_, changes, why) => {
    const target = counts(changes);
    expect(() => judge('final', { target })).toThrow(why);
    expect(judge('pre-copy', { target }).target.bytes).toBe(target.bytes);
  });

  it('fails when nothing arrived, whether the application runs or not', () => {
    const target = counts({ files: 0, directories: 0, links: 0, others: 0, bytes: 0, owners: [] });
    for (const pass of ['pre-copy', 'final'] as const) {
      expect(() => judge(pass, { target })).toThrow('differs from its source');
    }
    expect(judge('final', { source: target, target }).source).toEqual({ files: 0, bytes: 0 });
  });

  it('fails after quiesce when links lead elsewhere, and tells of it before', () => {
    const source = counts({ linkBytes: 40 });
    const target = counts({ linkBytes: 39 });
    expect(() => judge('final', { source, target })).toThrow(/symbolic links lead elsewhere/);
    expect(judge('pre-copy', { source, target }).warnings).toEqual([expect.stringContaining('symbolic links')]);
    expect(judge('final', { source, target: source }).warnings).toEqual([]);
  });

  it('tells of other owners, and before quiesce of what could not be read', () => {
    const errors = ['file has vanished: "/log"'];
    const { warnings } = judge('pre-copy', { target: counts({ owners: ['1000:1000'] }), errors });
    expect(warnings).toEqual([expect.stringContaining('vanished'), expect.stringContaining('owners of files differ')]);
  });
});

describe('a pass that failed', () => {
  it.each([
    ['full', 'VolumeFull', 'cluster target, PersistentVolumeClaim moved/new', 'No space left'],
    ['unreadable', 'Refused', 'cluster source, PersistentVolumeClaim shop/data', 'No space left'],
    ['refused', 'Refused', 'cluster source, PersistentVolumeClaim shop/data', 'No space left'],
    ['changing', 'ContentDiffers', 'cluster source, PersistentVolumeClaim shop/data', 'No space left'],
    ['emptied', 'ContentDiffers', 'clusters source and target', 'Nothing was copied'],
    ['unreachable', 'PatienceSpent', 'from cluster source to target', 'No space left'],
    ['broken', 'TransferFailed', 'from cluster source to target', 'No space left'],
  ] as const)('%s', (outcome, type, where, why) => {
    const fail = () => judge('pre-copy', { outcome, exit: 1, errors: ['No space left'] });
    expect(fail).toThrow(
      expect.objectContaining({ report: expect.objectContaining({ type, where, why: expect.stringContaining(why) }) }),
    );
  });

  it('says how much room is missing', () => {
    const target = counts({ bytes: 400 });
    expect(() => judge('final', { outcome: 'full', target, errors: ['No space left'] })).toThrow(
      'The source holds 1000 B; 600 B of them are still to come, and 2 KiB and 7 inodes are free. No space left',
    );
  });

  it('is one whose target could not be counted', () => {
    expect(() => judge('final', { target: null })).toThrow('did not move');
  });
});
