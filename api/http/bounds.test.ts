import { describe, expect, it } from 'vitest';
import { checkBounds, DEEPEST } from './bounds.js';
import { duplicateFields } from './duplicate-keys.js';

const nested = (depth: number): unknown => {
  let value: unknown = 1;
  for (let level = 0; level < depth; level++) value = level % 2 ? [value] : { a: value };
  return value;
};

describe('checkBounds', () => {
  it('takes what is nested as deep as it may be', () => {
    expect(() => checkBounds(nested(DEEPEST))).not.toThrow();
    expect(() => checkBounds(nested(DEEPEST + 1))).toThrow(/nested more than/);
    expect(() => checkBounds(nested(100_000))).toThrow(/nested more than/);
  });

  it('ends in what contains itself', () => {
    const value: Record<string, unknown> = {};
    value.a = value;
    value.b = [value, value];
    expect(() => checkBounds(value)).toThrow(/nested more than/);
  });

  it('makes halves of surrogate pairs storable', () => {
    const value = { 'k\ud800': ['a\udc00', '😀'], whole: '😀' };
    checkBounds(value);
    expect(value).toEqual({ 'k\ufffd': ['a\ufffd', '😀'], whole: '😀' });
  });

  it('refuses what grows beyond all bounds when it is written out', () => {
    const text = 'x'.repeat(1_000_000);
    expect(() => checkBounds({ a: text, b: text })).not.toThrow();
    expect(() => checkBounds(Array(10).fill({ text }))).toThrow(/larger/);
    expect(() => checkBounds(JSON.parse('{"a":{"__proto__":{}}}'))).toThrow(/not allowed/);
  });
});

describe('duplicateFields', () => {
  it.each<[string, string[]]>([
    ['{}', []],
    ['{"a":1,"b":{"a":1},"c":[{"a":1},{"a":1}]}', []],
    ['{"a":1,"a":2}', ['a']],
    ['{"a":{"b":1,"c":2,"b":3}}', ['a.b']],
    ['{"a":[0,{"b":1 , "b" : 2}]}', ['a[1].b']],
    ['[[],[{"x":{},"x":[]}]]', ['[1][0].x']],
    [String.raw`{"a\"b":1,"a\\":2,"a\"b":3}`, ['a"b']],
    [String.raw`{"a":1,"\u0061":2}`, ['a']],
    ['{"a":"{\\"b\\":1,\\"b\\":2}","b":"a:b,"}', []],
  ])('of %s are %j', (text, fields) => {
    JSON.parse(text);
    expect(duplicateFields(text)).toEqual(fields);
  });
});
