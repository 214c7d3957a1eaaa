import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { cruise, type ICruiseResult } from 'dependency-cruiser';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { importRules } from './import-rules.js';
import { ORDER, ROOMS } from './rooms.js';

/** What no one may import, and the rule that says so. Each is planted into a house of its own files. */
const PLANTED: { rule: string; from: string; to?: string; as?: 'type'; shown?: string }[] = [
  { rule: 'no-circular', from: 'clusters/circle-a.ts', to: 'clusters/circle-b.ts' },
  { rule: 'no-orphans', from: 'clusters/orphan.ts' },
  { rule: 'known-room', from: 'console/page.ts', to: 'clusters/ground.ts', shown: 'console -> clusters' },
  {
    rule: 'known-folder',
    from: 'activities/claims/new/deep.ts',
    to: 'activities/kit/ground.ts',
    shown: 'activities/claims/new -> activities/kit',
  },
  { rule: 'only-contracts', from: 'workflows/steps/a.ts', to: 'activities/velero/back-up.ts', as: 'type' },
  { rule: 'only-contracts', from: 'workflows/steps/b.ts', to: 'activities/velero/contract.ts' },
  { rule: 'workflows-only-as-types', from: 'worker/a.ts', to: 'workflows/roots/migration.ts' },
  { rule: 'run-time-packages', from: 'clusters/package.ts', to: 'node_modules/execa/index.js' },
  { rule: 'run-time-packages', from: 'clusters/unknown.ts', to: 'node_modules/left-pad/index.js' },
  { rule: 'layers', from: 'resources/meta/a.ts', to: 'clusters/ground.ts' },
  { rule: 'layers', from: 'temporal/contract/a.ts', to: 'temporal/connection.ts' },
  { rule: 'layers', from: 'temporal/b.ts', to: 'clusters/ground.ts' },
  { rule: 'layers', from: 'clusters/a.ts', to: 'migrations-db/database.ts' },
  { rule: 'layers', from: 'object-storage/a.ts', to: 'clusters/ground.ts' },
  { rule: 'layers', from: 'migrations-db/a.ts', to: 'temporal/connection.ts' },
  { rule: 'layers', from: 'activities/kit/a.ts', to: 'worker/ground.ts' },
  { rule: 'layers', from: 'workflows/steps/c.ts', to: 'migrations-db/database.ts' },
  { rule: 'layers', from: 'workflows/steps/d.ts', to: 'temporal/connection.ts' },
  { rule: 'layers', from: 'worker/b.ts', to: 'api/ground.ts' },
  { rule: 'layers', from: 'api/http/a.ts', to: 'clusters/ground.ts' },
  { rule: 'layers', from: 'local/a.ts', to: 'migrations-db/database.ts' },
  { rule: 'layers', from: 'commands/a.ts', to: 'activities/kit/ground.ts' },
  { rule: 'layers', from: 'main.ts', to: 'lab/ground.ts' },
  { rule: 'layers', from: 'clusters/b.ts', to: 'lab/ground.ts' },
  { rule: 'layers', from: 'clusters/c.ts', to: 'bench/ground.ts' },
  { rule: 'layers', from: 'clusters/d.ts', to: 'test/kit/ground.ts' },
  { rule: 'layers', from: 'clusters/e.test.ts', to: 'activities/kit/ground.ts' },
  { rule: 'layers', from: 'lab/a.ts', to: 'test/kit/ground.ts' },
  { rule: 'layers', from: 'bench/a.ts', to: 'test/kit/ground.ts' },
  { rule: 'layers', from: 'rules/a.ts', to: 'resources/meta/ground.ts' },
  { rule: 'resources-order', from: 'resources/meta/b.ts', to: 'resources/plan/ground.ts' },
  { rule: 'resources-kinds-order', from: 'resources/kinds/core/a.ts', to: 'resources/kinds/mig-plan.ts' },
  { rule: 'resources-plan-order', from: 'resources/plan/a.ts', to: 'resources/plan/volumes/ground.ts' },
  { rule: 'resources-workloads-order', from: 'resources/workloads/kinds/a.ts', to: 'resources/workloads/quiesce.ts' },
  { rule: 'temporal-order', from: 'temporal/contract/b.ts', to: 'temporal/connection.ts' },
  { rule: 'clusters-order', from: 'clusters/f.ts', to: 'clusters/preparation/ground.ts' },
  { rule: 'migrations-db-order', from: 'migrations-db/schema/a.ts', to: 'migrations-db/database.ts' },
  { rule: 'resources-meta-order', from: 'resources/meta/catalogue/a.ts', to: 'resources/meta/conditions.ts' },
  { rule: 'activities-volumes-order', from: 'activities/volumes/rsync/a.ts', to: 'activities/volumes/movers.ts' },
  { rule: 'commands-order', from: 'commands/b.ts', to: 'commands/docs/pages.ts' },
  { rule: 'layers', from: 'config/a.ts', to: 'migrations-db/database.ts' },
  { rule: 'layers', from: 'process/a.ts', to: 'temporal/connection.ts' },
  { rule: 'activities-order', from: 'activities/workloads/a.ts', to: 'activities/velero/back-up.ts' },
  { rule: 'activities-order', from: 'activities/new-room/a.ts', to: 'activities/kit/ground.ts' },
  { rule: 'activities-order', from: 'activities/loose.ts', to: 'activities/kit/ground.ts' },
  { rule: 'workflows-order', from: 'workflows/run/a.ts', to: 'workflows/steps/ground.ts' },
  { rule: 'api-order', from: 'api/http/b.ts', to: 'api/objects/ground.ts' },
  { rule: 'api-order', from: 'api/objects/b.ts', to: 'api/create-api.ts' },
  { rule: 'lab-order', from: 'lab/machine/a.ts', to: 'lab/cluster/ground.ts' },
  { rule: 'bench-order', from: 'bench/b.ts', to: 'bench/benchmarks/ground.ts' },
  { rule: 'test-order', from: 'test/kit/a.ts', to: 'test/api/ground.ts' },
  { rule: 'test-order', from: 'test/api/a.ts', to: 'test/faults/ground.ts' },
];

/** What the rules must let through. */
const ALLOWED: typeof PLANTED = [
  { rule: '', from: 'workflows/steps/allowed.ts', to: 'activities/velero/contract.ts', as: 'type' },
  { rule: '', from: 'workflows/steps/allowed-too.ts', to: 'temporal/contract/ground.ts' },
  { rule: '', from: 'activities/schedules/allowed.ts', to: 'activities/kit/ground.ts' },
  { rule: '', from: 'activities/kit/allowed.test.ts', to: 'activities/velero/back-up.ts' },
  { rule: '', from: 'clusters/allowed.test.ts', to: 'test/kit/ground.ts' },
  { rule: '', from: 'lab/allowed.ts', to: 'node_modules/execa/index.js' },
  { rule: '', from: 'clusters/allowed.ts', to: 'node_modules/execa/index.js', as: 'type' },
  { rule: '', from: 'test/api/allowed.ts', to: 'api/create-api.ts' },
];

describe('rules for imports', () => {
  let house: string;
  let found: string[];

  beforeAll(async () => {
    house = await mkdtemp(path.join(tmpdir(), 'mtc-rules-'));
    await plant('package.json', JSON.stringify({ dependencies: {}, devDependencies: { execa: '^1.0.0' } }));
    for (const { from, to, as } of [...PLANTED, ...ALLOWED]) {
      if (to) await plant(to, 'export const ground = 1;\n');
      await plant(from, to ? importOf(from, to, as) : 'export {};\n');
    }
    await plant('clusters/circle-b.ts', importOf('clusters/circle-b.ts', 'clusters/circle-a.ts'));
    found = await violations(house);
  }, 60_000);

  afterAll(() => rm(house, { recursive: true, force: true }));

  async function plant(file: string, text: string): Promise<void> {
    await mkdir(path.join(house, path.dirname(file)), { recursive: true });
    await writeFile(path.join(house, file), text);
  }

  test.each(PLANTED)('$rule: $from may not import $to', (planted) => {
    expect(found).toContain(said(planted));
  });

  test('nothing else is refused', () => {
    const meant = PLANTED.map(said);
    // An import across rooms may break more than the rule it is planted for.
    const imports = new Set(meant.map((line) => line.slice(line.indexOf(': '))));
    const others = found.filter((line) => !imports.has(line.slice(line.indexOf(': '))));
    expect(others).toEqual([]);
  });

  test('every rule has a planted violation', () => {
    const planted = new Set(PLANTED.map(({ rule }) => rule));
    expect([...new Set(importRules().map(({ name }) => name))].filter((name) => !planted.has(name ?? ''))).toEqual([]);
  });
});

describe('tables of rooms', () => {
  test('a room stands above all it may import', () => {
    const rooms = Object.entries(ROOMS).filter(([, below]) => below !== 'all');
    for (const [index, [room, below]] of rooms.entries()) {
      const lower = rooms.slice(0, index).map(([name]) => name);
      expect(lower, room).toEqual(expect.arrayContaining([...below].filter((name) => name !== 'lab')));
    }
  });

  test('a place stands in an order once', () => {
    for (const [room, places] of Object.entries(ORDER)) {
      expect(new Set(places.flat()).size, room).toBe(places.flat().length);
    }
  });
});

/** Rules for folders name these. */
const said = ({ rule, from, to, shown }: (typeof PLANTED)[number]): string =>
  `${rule}: ${shown ?? `${from} -> ${to ?? from}`}`;

function importOf(from: string, to: string, as?: 'type'): string {
  const name = /^node_modules\/([^/]+)/.exec(to)?.[1];
  const relative = path.posix.relative(path.posix.dirname(from), to).replace(/\.ts$/, '.js');
  const specifier = name ?? (relative.startsWith('.') ? relative : `./${relative}`);
  return as === 'type'
    ? `import type { ground } from '${specifier}';\nexport type Ground = typeof ground;\n`
    : `export { ground as from${Math.abs(relative.length)} } from '${specifier}';\n`;
}

/** Each as `rule: from -> to`. */
async function violations(folder: string): Promise<string[]> {
  const { output } = await cruise(['.'], {
    baseDir: folder,
    ruleSet: { forbidden: importRules() },
    validate: true,
    tsPreCompilationDeps: true,
  });
  return (output as ICruiseResult).summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} -> ${to}`);
}
