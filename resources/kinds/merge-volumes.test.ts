import { describe, expect, it } from 'vitest';
import { claimsChanged, mergeVolumes } from './merge-volumes.js';
import { type PersistentVolumeEntry, persistentVolumeEntry } from './persistent-volume-entry.js';

const entry = (fields: object): PersistentVolumeEntry => persistentVolumeEntry.parse(fields);

const stored = [
  entry({
    name: 'a',
    capacity: '1Gi',
    selection: { action: 'copy', storageClass: 'fast' },
    pvc: { namespace: 'shop', name: 'data', hasReference: true },
  }),
  entry({ name: 'b', capacity: '2Gi', selection: { action: 'copy' }, pvc: { namespace: 'shop', name: 'logs' } }),
];

describe('mergeVolumes', () => {
  it('changes nothing for an empty list', () => {
    expect(mergeVolumes([], stored)).toEqual(stored);
  });

  it('takes selection field by field and the name of the claim, and leaves what was discovered', () => {
    const sent = [
      entry({ name: 'a', capacity: '9Ti', selection: { action: 'skip' }, pvc: { name: 'data:copy', namespace: 'x' } }),
    ];
    expect(mergeVolumes(sent, stored)).toEqual([
      {
        ...stored[0],
        selection: { action: 'skip', storageClass: 'fast' },
        pvc: { namespace: 'shop', name: 'data:copy', hasReference: true },
      },
      stored[1],
    ]);
  });

  it('keeps the order of what is known and adds the rest at the end', () => {
    const sent = [entry({ name: 'new' }), entry({ name: 'b' }), entry({ name: 'a' })];
    expect(mergeVolumes(sent, stored).map(({ name }) => name)).toEqual(['a', 'b', 'new']);
  });

  it('gives the same when applied again', () => {
    const sent = [entry({ name: 'b', selection: { verify: true } })];
    const once = mergeVolumes(sent, stored);
    expect(mergeVolumes(sent, once)).toEqual(once);
  });
});

describe('claimsChanged', () => {
  it('allows another target name only', () => {
    const renamed = [
      entry({ name: 'a', pvc: { name: 'data:elsewhere' } }),
      entry({ name: 'unknown', pvc: { name: 'x' } }),
    ];
    expect(claimsChanged(renamed, stored)).toEqual([]);
    expect(claimsChanged([entry({ name: 'b', pvc: { name: 'data:logs' } })], stored)).toEqual([
      { index: 0, claim: 'logs' },
    ]);
  });
});
