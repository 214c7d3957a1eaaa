import { describe, expect, it } from 'vitest';
import { FieldSet } from './field-set.js';
import { decodeFields, encodeFields } from './fields-v1.js';
import { pathText } from './path-element.js';

const text = (set: FieldSet) => [...set.paths()].map(pathText);
const set = (...paths: string[]) => FieldSet.of(...paths.map((path) => path.split(' ')));

describe('FieldSet', () => {
  const one = set('f:a', 'f:a f:b', 'f:c f:d', 'f:e');
  const other = set('f:a', 'f:c f:d', 'f:c f:x');

  it.each([
    ['union', one.union(other), ['.a', '.e', '.a.b', '.c.d', '.c.x']],
    ['intersection', one.intersection(other), ['.a', '.c.d']],
    ['difference', one.difference(other), ['.e', '.a.b']],
    ['what is neither in it nor below it', one.without(other), ['.e']],
    ['leaves', one.leaves(), ['.e', '.a.b', '.c.d']],
  ])('%s', (_, result, paths) => {
    expect(text(result)).toEqual(paths);
  });

  it('knows its members, not what is above them', () => {
    expect([one.has(['f:a', 'f:b']), one.has(['f:c']), one.has(['f:c', 'f:d']), one.has([])]).toEqual([
      true,
      false,
      true,
      false,
    ]);
    expect(set().isEmpty()).toBe(true);
    expect(one.difference(one).isEmpty()).toBe(true);
  });
});

describe('fieldsV1', () => {
  const fields = {
    'f:metadata': { 'f:labels': { '.': {}, 'f:app': {} }, 'f:finalizers': { 'v:"a/b"': {} } },
    'f:spec': { 'f:list': { 'k:{"name":"x","port":80}': { '.': {}, 'f:name': {} }, 'i:3': {} } },
  };

  it('is read and written as Kubernetes does', () => {
    const read = decodeFields(fields);
    expect(text(read)).toEqual([
      '.metadata.labels',
      '.metadata.finalizers[="a/b"]',
      '.metadata.labels.app',
      '.spec.list[name="x",port=80]',
      '.spec.list[3]',
      '.spec.list[name="x",port=80].name',
    ]);
    expect(encodeFields(read)).toEqual(fields);
  });

  it('has one form for one entry', () => {
    const [one, other] = [{ 'k:{"b":1,"a":2}': {} }, { 'k:{ "a":2, "b":1.0 }': {} }].map((value) =>
      decodeFields(value),
    );
    expect(encodeFields(one as FieldSet)).toEqual(encodeFields(other as FieldSet));
  });

  it('leaves out kinds of steps that only a later version knows', () => {
    expect(text(decodeFields({ 'z:later': {}, 'f:a': {} }))).toEqual(['.a']);
  });

  it.each([
    ['a list', []],
    ['a text below a field', { 'f:a': 'x' }],
    ['a key without a kind', { a: {} }],
    ['keys that are not JSON', { 'k:{': {} }],
    ['keys that are a list', { 'k:[1]': {} }],
    ['a value that is an object', { 'v:{}': {} }],
    ['a place that is not a number', { 'i:x': {} }],
    ['more levels than any object has', Array.from({ length: 100 }).reduce<object>((below) => ({ 'f:a': below }), {})],
  ])('refuses %s', (_, value) => {
    expect(() => decodeFields(value)).toThrow();
  });
});
