import { describe, expect, it } from 'vitest';
import { boundedEntries, capUpdaters, MAX_MANAGED_FIELDS_BYTES } from './bound-owners.js';
import { conflictError } from './conflict-error.js';
import { FieldSet } from './field-set.js';
import { decodeOwners, encodeOwners, keyOf, type Manager, type Owned } from './managed-fields.js';

const who = (manager: string, more: Partial<Manager> = {}): Manager => ({
  manager,
  operation: 'Update',
  apiVersion: 'v1',
  ...more,
});
const owned = (manager: Manager, time: string, ...fields: string[]): Owned => ({
  who: manager,
  time,
  fields: FieldSet.of(...fields.map((field) => [`f:${field}`])),
});
const ownersOf = (...all: Owned[]) => new Map(all.map((entry) => [keyOf(entry.who), entry]));

describe('managedFields', () => {
  it('have appliers first, then the oldest, and are read as they were written', () => {
    const owners = ownersOf(
      owned(who('b'), '2026-01-02T00:00:00Z', 'x'),
      owned(who('a', { subresource: 'status' }), '2026-01-02T00:00:00Z', 'y'),
      owned(who('c'), '2026-01-01T00:00:00Z', 'z'),
      owned(who('d', { operation: 'Apply' }), '2026-01-03T00:00:00Z', 'x'),
    );
    const entries = encodeOwners(owners);
    expect(entries.map(({ manager }) => manager)).toEqual(['d', 'c', 'a', 'b']);
    expect(entries[2]).toEqual({
      manager: 'a',
      operation: 'Update',
      apiVersion: 'v1',
      time: '2026-01-02T00:00:00Z',
      fieldsType: 'FieldsV1',
      fieldsV1: { 'f:y': {} },
      subresource: 'status',
    });
    expect(encodeOwners(decodeOwners(entries, 'v1'))).toEqual(entries);
    expect(decodeOwners(entries, 'v2').size).toBe(0);
  });

  it('put the oldest updaters together when there are more than ten, and leave appliers alone', () => {
    const updaters = Array.from({ length: 12 }, (_, n) => owned(who(`u${n}`), `2026-01-${10 + n}T00:00:00Z`, `f${n}`));
    const appliers = Array.from({ length: 12 }, (_, n) => owned(who(`a${n}`, { operation: 'Apply' }), '', `f${n}`));
    const entries = encodeOwners(capUpdaters(ownersOf(...updaters, ...appliers)));
    expect(entries.filter(({ operation }) => operation === 'Apply')).toHaveLength(12);
    const updates = entries.filter(({ operation }) => operation === 'Update');
    expect(updates).toHaveLength(10);
    expect(updates[0]).toMatchObject({
      manager: 'ancient-changes',
      time: '2026-01-12T00:00:00Z',
      fieldsV1: { 'f:f0': {}, 'f:f1': {}, 'f:f2': {} },
    });
  });

  it('have a bound: beyond it updates have no owner, and appliers are refused', () => {
    const many = Array.from({ length: 20_000 }, (_, n) => `field-number-${n}`);
    const big = owned(who('updater'), '', ...many);
    const applier = owned(who('applier', { operation: 'Apply' }), '', 'x');
    const bounded = boundedEntries(ownersOf(big, applier));
    expect(bounded).toMatchObject({ fits: true, entries: [{ manager: 'applier' }] });
    expect(JSON.stringify(bounded.entries).length).toBeLessThan(MAX_MANAGED_FIELDS_BYTES);
    expect(boundedEntries(ownersOf(owned(who('applier', { operation: 'Apply' }), '', ...many))).fits).toBe(false);
  });
});

describe('a conflict', () => {
  it('is told in Kubernetes’ words', () => {
    const field = (name: string) => ['f:data', `f:${name}`];
    const one = conflictError([{ who: who('kubectl'), path: field('a') }]);
    expect(one.message).toBe('Apply failed with 1 conflict: conflict with "kubectl" using v1: .data.a');
    expect(one.details?.causes).toEqual([
      { reason: 'FieldManagerConflict', message: 'conflict with "kubectl" using v1', field: '.data.a' },
    ]);
    const more = conflictError([
      { who: who('kubectl', { subresource: 'status' }), path: field('a') },
      { who: who('argocd', { operation: 'Apply' }), path: field('b') },
      { who: who('argocd', { operation: 'Apply' }), path: field('c') },
    ]);
    expect(more.message).toBe(
      'Apply failed with 3 conflicts: conflicts with "argocd":\n- .data.b\n- .data.c\nconflicts with "kubectl" with subresource "status" using v1:\n- .data.a',
    );
    expect(more).toMatchObject({ httpStatus: 409, reason: 'Conflict' });
  });
});
