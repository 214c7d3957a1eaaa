import { expect, it } from 'vitest';
import { readJsonPatch } from './json-patch.js';

const patched = (document: unknown, ...operations: object[]): unknown => readJsonPatch(operations)(document);

// The examples of RFC 6902, appendix A.
it.each<[string, unknown, object[], unknown]>([
  ['A.1', { foo: 'bar' }, [{ op: 'add', path: '/baz', value: 'qux' }], { baz: 'qux', foo: 'bar' }],
  ['A.2', { foo: ['bar', 'baz'] }, [{ op: 'add', path: '/foo/1', value: 'qux' }], { foo: ['bar', 'qux', 'baz'] }],
  ['A.3', { baz: 'qux', foo: 'bar' }, [{ op: 'remove', path: '/baz' }], { foo: 'bar' }],
  ['A.4', { foo: ['bar', 'qux', 'baz'] }, [{ op: 'remove', path: '/foo/1' }], { foo: ['bar', 'baz'] }],
  ['A.5', { baz: 'qux', foo: 'bar' }, [{ op: 'replace', path: '/baz', value: 'boo' }], { baz: 'boo', foo: 'bar' }],
  [
    'A.6',
    { foo: { bar: 'baz', waldo: 'fred' }, qux: { rest: 'other' } },
    [{ op: 'move', from: '/foo/waldo', path: '/qux/thud' }],
    { foo: { bar: 'baz' }, qux: { rest: 'other', thud: 'fred' } },
  ],
  [
    'A.7',
    { foo: ['all', 'grass', 'cows', 'eat'] },
    [{ op: 'move', from: '/foo/1', path: '/foo/3' }],
    { foo: ['all', 'cows', 'eat', 'grass'] },
  ],
  [
    'A.8',
    { baz: 'qux', foo: ['a', 2, 'c'] },
    [
      { op: 'test', path: '/baz', value: 'qux' },
      { op: 'test', path: '/foo/1', value: 2 },
    ],
    { baz: 'qux', foo: ['a', 2, 'c'] },
  ],
  ['A.10', { foo: 'bar' }, [{ op: 'add', path: '/child', value: { a: {} } }], { foo: 'bar', child: { a: {} } }],
  ['A.11', { foo: 'bar' }, [{ op: 'add', path: '/baz', value: 'qux', xyz: 123 }], { foo: 'bar', baz: 'qux' }],
  ['A.14', { '/': 9, '~1': 10 }, [{ op: 'test', path: '/~01', value: 10 }], { '/': 9, '~1': 10 }],
  ['A.16', { foo: ['bar'] }, [{ op: 'add', path: '/foo/-', value: ['abc', 'def'] }], { foo: ['bar', ['abc', 'def']] }],
  ['the whole', { a: 1 }, [{ op: 'replace', path: '', value: { b: 2 } }], { b: 2 }],
  [
    'a copy that is apart',
    { a: { x: 1 } },
    [
      { op: 'copy', from: '/a', path: '/b' },
      { op: 'replace', path: '/b/x', value: 2 },
    ],
    { a: { x: 1 }, b: { x: 2 } },
  ],
  ['null', { a: null }, [{ op: 'test', path: '/a', value: null }], { a: null }],
  ['a key of every object', {}, [{ op: 'add', path: '/constructor', value: 1 }], { constructor: 1 }],
])('%s', (_name, document, operations, result) => {
  const before = structuredClone(document);
  expect(patched(document, ...operations)).toEqual(result);
  expect(document).toEqual(before);
});

it.each<[string, unknown, object]>([
  ['A.9', { baz: 'qux' }, { op: 'test', path: '/baz', value: 'bar' }],
  ['A.12', { foo: 'bar' }, { op: 'add', path: '/baz/bat', value: 'qux' }],
  ['A.15', { '/': 9, '~1': 10 }, { op: 'test', path: '/~01', value: '10' }],
  ['a place beyond the end', { foo: ['a'] }, { op: 'add', path: '/foo/2', value: 1 }],
  ['an index that is not a number', { foo: ['a'] }, { op: 'add', path: '/foo/01', value: 1 }],
  ['the place after the last', { foo: ['a'] }, { op: 'remove', path: '/foo/-' }],
  ['what is not there', { foo: 1 }, { op: 'replace', path: '/bar', value: 1 }],
  ['what every object has', {}, { op: 'copy', from: '/toString', path: '/a' }],
  ['what is in a text', { foo: 'text' }, { op: 'copy', from: '/foo/length', path: '/a' }],
  ['a move into itself', { a: {} }, { op: 'move', from: '/a', path: '/a/b' }],
  ['the prototype', {}, { op: 'add', path: '/__proto__/polluted', value: 1 }],
  ['no pointer', { a: 1 }, { op: 'remove', path: 'a' }],
])('refuses %s', (_name, document, operation) => {
  expect(() => patched(document, operation)).toThrow(/cannot be applied/);
  expect(({} as Record<string, unknown>).polluted).toBeUndefined();
});

it.each([{ op: 'jump', path: '/a' }, { op: 'add', path: '/a' }, { op: 'move', path: '/a' }, { op: 'remove' }, null])(
  'takes %j for no operation',
  (operation) => {
    expect(() => readJsonPatch([operation])).toThrow(/a JSON patch is a list of operations/);
  },
);

it('copies as much as Kubernetes does, and no more', () => {
  const document = { a: 'x'.repeat(1024 * 1024 - 2), b: '' };
  const copies = (count: number) => Array.from({ length: count }, () => ({ op: 'copy', from: '/a', path: '/b' }));
  expect(() => patched(document, ...copies(3))).not.toThrow();
  expect(() => patched(document, ...copies(4))).toThrow(/the copies of a JSON patch/);
});
