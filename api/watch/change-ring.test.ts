import { describe, expect, it } from 'vitest';
import type { LoggedChange } from '../../migrations-db/migration-store.js';
import { ChangeRing } from './change-ring.js';

const change = (revision: number, text = ''): LoggedChange => ({
  revision: String(revision),
  type: 'ADDED',
  kind: 'ConfigMap',
  namespace: 'n',
  name: `c-${revision}`,
  object: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: `c-${revision}` }, data: { text } },
});
const numbers = (part: ReturnType<ChangeRing['after']>) => part && [...part.changes.map((c) => c.revision), part.upTo];

describe('the ring of changes', () => {
  it('holds what follows its start, without gaps', () => {
    const ring = new ChangeRing('10');
    expect(numbers(ring.after('10', 5))).toEqual(['10']);
    ring.add({ changes: [change(12), change(13)], upTo: '15' });
    expect(numbers(ring.after('10', 5))).toEqual(['12', '13', '15']);
    expect(numbers(ring.after('12', 5))).toEqual(['13', '15']);
    expect(numbers(ring.after('14', 5))).toEqual(['15']);
    expect(numbers(ring.after('10', 1))).toEqual(['12', '12']);
    expect(numbers(ring.after('12', 1))).toEqual(['13', '15']);
  });

  it('knows nothing of what is before it or to come', () => {
    const ring = new ChangeRing('10');
    ring.add({ changes: [change(12)], upTo: '12' });
    expect(ring.after('9', 5)).toBeUndefined();
    expect(ring.after('13', 5)).toBeUndefined();
  });

  it('lets the oldest go, by number and by size', () => {
    const ring = new ChangeRing('0', { changes: 3, characters: 2_000 });
    ring.add({ changes: [1, 2, 3, 4, 5].map((n) => change(n)), upTo: '5' });
    expect(ring.after('1', 9)).toBeUndefined();
    expect(numbers(ring.after('2', 9))).toEqual(['3', '4', '5', '5']);
    ring.add({ changes: [change(6, 'x'.repeat(1_850))], upTo: '6' });
    expect(ring.after('3', 9)).toBeUndefined();
    expect(numbers(ring.after('5', 9))).toEqual(['6', '6']);
    ring.add({ changes: [change(7, 'x'.repeat(9_000))], upTo: '7' });
    expect(numbers(ring.after('7', 9))).toEqual(['7']);
    expect(ring.after('6', 9)).toBeUndefined();
  });
});
