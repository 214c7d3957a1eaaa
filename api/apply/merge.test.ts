import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { listMap, listSet } from '../../resources/meta/fields.js';
import { merge } from './merge.js';
import { typeOfSchema } from './type-of-schema.js';

const inner = z.strictObject({ name: z.string(), value: z.unknown().optional() });
const type = typeOfSchema(
  z.strictObject({
    set: listSet(z.string()),
    list: listMap(inner, ['name']),
    map: z.record(z.string(), z.unknown()),
    struct: inner,
    atomic: z.array(z.unknown()),
    value: z.unknown(),
  }),
);

// cspell:disable
// After the cases of kubernetes-sigs/structured-merge-diff.
describe('merge', () => {
  it.each([
    ['abc', 'ab', 'abc'],
    ['ab', 'abc', 'abc'],
    ['abc', '', 'abc'],
    ['', 'abc', 'abc'],
    ['ab', 'ba', 'ba'],
    ['abc', 'def', 'abcdef'],
    ['abc', 'cdef', 'abcdef'],
    ['abcgf', 'cdef', 'abcgdef'],
    ['abc', 'defxyz', 'abcdefxyz'],
    ['cdef', 'ace', 'acdef'],
    ['abcxyz', 'def', 'abcxyzdef'],
    ['abcxyz', 'defxyz', 'abcdefxyz'],
    ['cagf', 'cfag', 'cfag'],
    ['abcd', 'defa', 'bcdefa'],
    ['cdefghij', '2h3e4kl', 'cdfg2hij3e4kl'],
    ['abcdefghij', '1b2h3e4kl', 'a1bcdfg2hij3e4kl'],
  ])('of the sets %s and %s is %s', (live, applied, result) => {
    expect(merge(type, { set: [...live] }, { set: [...applied] })).toEqual({ set: [...result] });
  });

  it.each<[string, object, object, object]>([
    ['two fields', { struct: { name: 'a' } }, { struct: { value: true } }, { struct: { name: 'a', value: true } }],
    ['an object over a value', { value: 1 }, { value: {} }, { value: {} }],
    ['a value over an object', { value: {} }, { value: 1 }, { value: 1 }],
    [
      'objects without a schema',
      { value: { a: { b: 1 } } },
      { value: { a: { c: 2 } } },
      { value: { a: { b: 1, c: 2 } } },
    ],
    ['an empty object', {}, { map: {} }, { map: {} }],
    ['an empty object over keys', { map: { a: 1 } }, { map: {} }, { map: { a: 1 } }],
    ['an empty list', {}, { atomic: [] }, { atomic: [] }],
    ['a list without names', { atomic: [1, 2] }, { atomic: [3] }, { atomic: [3] }],
    [
      'entries by name',
      {
        list: [
          { name: 'a', value: 1 },
          { name: 'b', value: { x: 1 } },
        ],
      },
      { list: [{ name: 'b', value: { y: 2 } }, { name: 'c' }] },
      { list: [{ name: 'a', value: 1 }, { name: 'b', value: { x: 1, y: 2 } }, { name: 'c' }] },
    ],
    [
      'a field that is not declared',
      { struct: { name: 'a' } },
      { struct: { other: 1 } },
      { struct: { name: 'a', other: 1 } },
    ],
  ])('takes %s', (_, live, applied, result) => {
    const before = structuredClone({ live, applied });
    expect(merge(type, live, applied)).toEqual(result);
    expect({ live, applied }).toEqual(before);
  });
});
