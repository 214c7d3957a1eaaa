import { describe, expect, it } from 'vitest';
import { mergePatch } from './merge-patch.js';
import { strategicMergePatch } from './strategic-merge-patch.js';

describe('mergePatch', () => {
  // The examples of RFC 7386, appendix A.
  it.each([
    [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
    [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
    [{ a: 'b' }, { a: null }, {}],
    [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
    [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
    [{ a: 'c' }, { a: ['b'] }, { a: ['b'] }],
    [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
    [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
    [
      ['a', 'b'],
      ['c', 'd'],
      ['c', 'd'],
    ],
    [{ a: 'b' }, ['c'], ['c']],
    [{ a: 'foo' }, null, null],
    [{ a: 'foo' }, 'bar', 'bar'],
    [{ e: null }, { a: 1 }, { e: null, a: 1 }],
    [[1, 2], { a: 'b', c: null }, { a: 'b' }],
    [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
  ])('%j with %j is %j', (target, patch, result) => {
    expect(mergePatch(target, patch)).toEqual(result);
  });

  it('leaves its arguments alone', () => {
    const target = { a: { b: 1 } };
    mergePatch(target, { a: { b: null, c: 2 } });
    expect(target).toEqual({ a: { b: 1 } });
  });
});

describe('strategicMergePatch', () => {
  it('merges maps and replaces lists like a merge patch', () => {
    const secret = { data: { a: '1', b: '2' }, list: [1, 2] };
    expect(strategicMergePatch(secret, { data: { a: null, c: '3' }, list: [3] })).toEqual({
      data: { b: '2', c: '3' },
      list: [3],
    });
  });

  it('merges finalizers, and owners by uid', () => {
    const metadata = { finalizers: ['a'], ownerReferences: [{ uid: '1', name: 'x' }, { uid: '2' }] };
    const patch = {
      '$setElementOrder/finalizers': ['b', 'a'],
      finalizers: ['b'],
      ownerReferences: [{ uid: '1', name: 'y' }, { uid: '2', $patch: 'delete' }, { uid: '3' }],
    };
    expect(strategicMergePatch(metadata, patch)).toEqual({
      finalizers: ['a', 'b'],
      ownerReferences: [{ uid: '1', name: 'y' }, { uid: '3' }],
    });
    expect(strategicMergePatch(metadata, { '$deleteFromPrimitiveList/finalizers': ['a'] })).toMatchObject({
      finalizers: [],
    });
  });

  it('knows the directives of kubectl', () => {
    expect(strategicMergePatch({ data: { a: '1' } }, { data: { $patch: 'replace', b: '2' } })).toEqual({
      data: { b: '2' },
    });
    expect(strategicMergePatch({ a: 1, b: 2 }, { $retainKeys: ['b'], c: 3 })).toEqual({ b: 2, c: 3 });
    expect(strategicMergePatch({ a: { x: 1 }, b: 2 }, { a: { $patch: 'delete' } })).toEqual({ a: undefined, b: 2 });
  });
});
