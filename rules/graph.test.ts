import { describe, expect, test } from 'vitest';
import { figures, floorsOf, type Graph, knotsOf } from './graph.js';

const graph = (arrows: Record<string, string[]>): Graph =>
  new Map(Object.entries(arrows).map(([from, to]) => [from, new Set(to)]));

describe('figures of an import graph', () => {
  test('a line has as many floors as boxes and no knot', () => {
    expect(figures(graph({ roots: ['steps', 'kit'], steps: ['kit'], kit: [] }))).toEqual({
      boxes: 3,
      arrows: 3,
      floors: 3,
      knots: [],
      arrowsInKnots: 0,
    });
  });

  test('boxes that reach each other over others are one knot, and one floor', () => {
    const knotted = graph({ a: ['b'], b: ['c'], c: ['a', 'kit'], kit: [], roof: ['a'] });
    expect(knotsOf(knotted)).toEqual([['a', 'b', 'c']]);
    expect(floorsOf(knotted)).toBe(3);
    expect(figures(knotted).arrowsInKnots).toBe(3);
  });

  test('two knots are told apart', () => {
    expect(knotsOf(graph({ a: ['b'], b: ['a', 'c'], c: ['d'], d: ['c'] }))).toEqual([
      ['a', 'b'],
      ['c', 'd'],
    ]);
  });
});
