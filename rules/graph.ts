/** Boxes, and which of the others each has arrows to. */
export type Graph = Map<string, Set<string>>;

/** All boxes that can be reached from one. */
function reach(graph: Graph, from: string, seen = new Set<string>()): Set<string> {
  for (const to of graph.get(from) ?? []) {
    if (seen.has(to)) continue;
    seen.add(to);
    reach(graph, to, seen);
  }
  return seen;
}

/** Boxes that reach each other both ways, each knot once. */
export function knotsOf(graph: Graph): string[][] {
  const reached = new Map([...graph.keys()].map((box) => [box, reach(graph, box)]));
  const knots = new Map<string, string[]>();
  for (const box of graph.keys()) {
    const others = [...graph.keys()].filter(
      (other) => other !== box && reached.get(box)?.has(other) && reached.get(other)?.has(box),
    );
    if (others.length > 0) knots.set([box, ...others].sort().join(), [box, ...others].sort());
  }
  return [...knots.values()];
}

/** Boxes on the longest way down; a knot counts as one floor. */
export function floorsOf(graph: Graph): number {
  const knots = knotsOf(graph);
  const nameOf = (box: string): string => knots.find((knot) => knot.includes(box))?.join() ?? box;
  const below = new Map<string, Set<string>>();
  for (const [from, tos] of graph) {
    const set = below.get(nameOf(from)) ?? new Set();
    below.set(nameOf(from), set);
    for (const to of tos) if (nameOf(to) !== nameOf(from)) set.add(nameOf(to));
  }
  const depths = new Map<string, number>();
  const depth = (box: string): number => {
    const known = depths.get(box);
    if (known !== undefined) return known;
    const deepest = 1 + Math.max(0, ...[...(below.get(box) ?? [])].map(depth));
    depths.set(box, deepest);
    return deepest;
  };
  return Math.max(0, ...[...below.keys()].map(depth));
}

export function figures(graph: Graph): {
  boxes: number;
  arrows: number;
  floors: number;
  knots: string[][];
  arrowsInKnots: number;
} {
  const arrows = [...graph].flatMap(([from, tos]) => [...tos].map((to) => [from, to] as const));
  const knots = knotsOf(graph);
  const inKnots = arrows.filter(([from, to]) => knots.some((knot) => knot.includes(from) && knot.includes(to)));
  return { boxes: graph.size, arrows: arrows.length, floors: floorsOf(graph), knots, arrowsInKnots: inKnots.length };
}
