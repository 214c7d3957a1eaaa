import { describe, expect, it } from 'vitest';
import { claimsChanged, droppedFromVolumes, mergeVolumes } from './merge-volumes.js';
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

describe('the capacity a user proposes', () => {
  const supported = { actions: ['copy'], copyMethods: ['filesystem'] };
  const proposing = [{ ...stored[0], supported, capacityConfirmed: true, proposedCapacity: '3Gi' }] as const;

  it('is taken, and kept by a write that does not speak of it', () => {
    const sent = [entry({ name: 'a', capacityConfirmed: true, proposedCapacity: '3Gi' })];
    const once = mergeVolumes(sent, stored);
    expect(once[0]).toEqual({ ...stored[0], capacityConfirmed: true, proposedCapacity: '3Gi' });
    expect(mergeVolumes([entry({ name: 'a', selection: { verify: true } })], once)[0]).toMatchObject({
      proposedCapacity: '3Gi',
      capacityConfirmed: true,
    });
  });

  it('is taken away by a whole entry without it', () => {
    const { proposedCapacity, capacityConfirmed, ...whole } = proposing[0] as PersistentVolumeEntry;
    expect(mergeVolumes([whole], proposing as never)).toEqual([whole]);
    expect(droppedFromVolumes([whole], proposing as never, [whole])).toEqual([]);
  });
});

describe('what a write asked for and was not done', () => {
  const whole = stored.map((known) => ({ ...known, supported: { actions: ['copy'], copyMethods: ['filesystem'] } }));
  const one = (fields: object) => ({ ...(whole[0] as PersistentVolumeEntry), ...fields });

  it.each<[string, PersistentVolumeEntry[], string[]]>([
    ['nothing', [entry({ name: 'a', selection: { action: 'skip' }, pvc: { name: 'data:new' } })], []],
    ['the same again', whole, []],
    ['what users own', [one({ selection: { ...whole[0]?.selection, action: 'skip' } }), whole[1] as never], []],
    ['a new volume', [entry({ name: 'c', capacity: '1Gi' })], []],
    [
      'a discovered field',
      [entry({ name: 'a', capacity: '9Ti' })],
      ['spec.persistentVolumes[0] (a): capacity not changed'],
    ],
    [
      'discovered fields further down',
      [entry({ name: 'a', pvc: { namespace: 'web', hasReference: false } })],
      ['spec.persistentVolumes[0] (a): pvc.namespace, pvc.hasReference not changed'],
    ],
    ['a volume taken out of the list', whole.slice(0, 1), ['volumes that are left out stay in the list: b.']],
    ['the whole list', [], ['volumes that are left out stay in the list: a, b.']],
    ['one of a partial list', [entry({ name: 'a' })], []],
    ['one volume twice', [entry({ name: 'a' }), entry({ name: 'a' })], ['more than once']],
    [
      'what a plan always says',
      [one({ selection: { storageClass: 'fast' } }), whole[1] as never],
      ['selection.action stays as it was'],
    ],
  ])('%s', (_, sent, expected) => {
    const dropped = droppedFromVolumes(sent, whole, mergeVolumes(sent, whole));
    expect(dropped).toEqual(expected.map((text) => expect.stringContaining(text)));
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
