import { fileURLToPath } from 'node:url';
import { cruise, type ICruiseResult, type IModule } from 'dependency-cruiser';
import { figures, type Graph } from './graph.js';
import { ORDER } from './rooms.js';
import { writePage } from './rooms-page.js';

/**
 * `npm run graph`: the import graph in figures, for the whole and for each room: how many boxes (rooms; in a room its folders and loose
 * files), arrows between them, floors (the longest way down), arrows inside knots, and the knots: boxes that reach each other both ways.
 * Tests and what they are written with are left out. `--write` writes the tables of rooms into docs/architecture.md instead.
 */
if (process.argv.includes('--write')) await writePage();
else await print();

async function print(): Promise<void> {
  const { output } = await cruise(['.'], {
    baseDir: fileURLToPath(new URL('../', import.meta.url)),
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    includeOnly: { path: '\\.ts$' },
    exclude: { path: '^(dist|node_modules|test|rules|console|\\.lab|\\.mtc)/|\\.test\\.ts$|\\.config\\.ts$' },
  });
  const { modules } = output as ICruiseResult;
  const lines = ['', ...Object.keys(ORDER)]
    .filter((room) => !room.startsWith('test'))
    .map((room) => lineOf(modules, room));
  console.log(['room                     boxes  arrows  floors  arrows in knots  knots', ...lines].join('\n'));
}

function lineOf(modules: readonly IModule[], room: string): string {
  const { boxes, arrows, floors, knots, arrowsInKnots } = figures(graphOf(modules, room));
  const numbers = [
    String(boxes).padStart(5),
    String(arrows).padStart(6),
    String(floors).padStart(6),
    String(arrowsInKnots).padStart(15),
  ];
  return `${(room || 'all rooms').padEnd(23)}  ${numbers.join('  ')}  ${knots.map((knot) => knot.join(' ↔ ')).join('; ') || 'none'}`;
}

/** Which box of a room a file lies in; without a room, its room. */
function boxOf(file: string, room: string): string | undefined {
  const within = room === '' ? file : file.startsWith(`${room}/`) ? file.slice(room.length + 1) : undefined;
  return within?.split('/')[0];
}

function graphOf(modules: readonly IModule[], room: string): Graph {
  const graph: Graph = new Map();
  for (const { source, dependencies } of modules) {
    const from = boxOf(source, room);
    if (from === undefined) continue;
    const below = graph.get(from) ?? new Set();
    graph.set(from, below);
    for (const { resolved } of dependencies) {
      const to = boxOf(resolved, room);
      if (to !== undefined && to !== from) below.add(to);
    }
  }
  return graph;
}
