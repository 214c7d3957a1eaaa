import { expect, it } from 'vitest';
import { mergePatch } from '../../test/kit/fakes/merge-patch.js';
import { mergePatchBetween } from './merge-patch.js';

it.each<[string, object, object, object | undefined]>([
  ['equal', { a: { b: [1, { c: 2 }] } }, { a: { b: [1, { c: 2 }] } }, undefined],
  ['a field changed', { a: { b: 1, c: 2 } }, { a: { b: 1, c: 3 } }, { a: { c: 3 } }],
  ['a field removed', { a: { b: 1, c: 2 } }, { a: { b: 1 } }, { a: { c: null } }],
  ['a field added', { a: {} }, { a: { b: { c: 1 } } }, { a: { b: { c: 1 } } }],
  ['a list changed', { a: [1, 2] }, { a: [1] }, { a: [1] }],
  ['a map instead of text', { a: 'x' }, { a: { b: 1 } }, { a: { b: 1 } }],
])('%s', (_, before, after, patch) => {
  expect(mergePatchBetween(before, after)).toEqual(patch);
  if (patch) expect(mergePatch(before, patch)).toEqual(after);
});
