/**
 * The rooms of the house, bottom up: which folders each may import from. `docs/architecture.md` shows this table, and
 * dependency-cruiser holds the code to it (`import-rules.ts`). Node and packages are not of this table.
 */
export const ROOMS = {
  /** What the kinds are, and pure rules. */
  resources: [],
  /** What API, workers and workflows agree on: ids, queues, inputs. Pure. */
  'temporal/contract': ['resources'],
  /** Every environment variable: read once, by the main programs, which pass on what they read. */
  config: ['resources'],
  temporal: ['temporal/contract', 'config', 'resources'],
  clusters: ['resources'],
  'object-storage': ['resources'],
  'migrations-db': ['config', 'resources'],
  /** How a process starts, drains and ends. */
  process: ['config', 'migrations-db'],
  activities: ['clusters', 'object-storage', 'migrations-db', 'temporal', 'temporal/contract', 'resources'],
  /** Of activities only the types of their contracts: see `only-contracts`. */
  workflows: ['activities', 'temporal/contract', 'resources'],
  /** Of workflows only types: their code is bundled, never loaded: see `workflows-only-as-types`. */
  worker: [
    'workflows',
    'activities',
    'migrations-db',
    'process',
    'config',
    'temporal',
    'temporal/contract',
    'resources',
  ],
  /** Asks no cluster and no Temporal server: what it wants done it writes into the outbox. */
  api: ['migrations-db', 'process', 'config', 'resources'],
  local: ['config', 'temporal/contract'],
  commands: ['clusters', 'temporal', 'config', 'migrations-db', 'resources'],
  /** `npm start`: API and worker in one process, with the local services. */
  'main.ts': ['api', 'worker', 'local', 'process', 'config', 'temporal'],
  /** Two clusters on one machine, and the demo: uses the product as its users do, from outside. */
  lab: [],
  bench: ['lab', 'activities', 'resources'],
  images: [],
  /** What tests are written with, and the tiers that cross rooms. Everything may be imported, nothing imports it but tests. */
  test: 'all',
  rules: [],
} as const satisfies Record<string, readonly string[] | 'all'>;

/** All files of a room that stand in none of its folders. */
export const LOOSE_FILES = '*';

/**
 * The folders of a room, bottom up: one may import those before it. Those in one bracket stand side by side and may not import
 * each other. A file can have a place of its own; `*` is the place of all other loose files.
 */
export const ORDER: Readonly<Record<string, readonly (string | readonly string[])[]>> = {
  resources: [
    'meta',
    'run',
    'workloads',
    'transforms',
    'claims',
    'kinds',
    'plan',
    'direct-volumes',
    'rollback',
    'schedules',
  ],
  'resources/meta': ['catalogue', '*'],
  'resources/workloads': ['workload-kind.ts', 'ownership.ts', 'kinds', '*'],
  'resources/kinds': ['core', '*'],
  'resources/plan': ['*', 'volumes'],
  temporal: ['contract', '*'],
  clusters: ['*', 'preparation'],
  'migrations-db': ['migration-store.ts', 'schema', '*'],
  activities: [
    'kit',
    'records',
    'hooks',
    'workloads',
    'direct-volumes',
    'claims',
    'velero',
    'volumes',
    'cleanup',
    'rollback',
    'plan',
    'storage',
    'reconcile',
    'run',
    'schedules',
  ],
  'activities/volumes': ['*', 'rsync', 'movers.ts', 'copy-volume.ts', 'index.ts'],
  workflows: ['kit', 'run', 'steps', 'itineraries', 'roots', 'index.ts', 'versioned.ts'],
  api: [
    'http',
    'patch',
    'present',
    'watch',
    'admission',
    'apply',
    'deletion',
    'discovery',
    'health',
    'objects',
    'plan',
    'run',
    'schedules',
    'identity',
    '*',
    'main.ts',
  ],
  lab: ['machine', 'images', 'cluster', 'environment.ts', 'client', '*', 'main.ts', 'demo'],
  commands: ['*', 'docs'],
  bench: ['*', 'by-hand', 'benchmarks', 'main.ts'],
  test: ['kit', ['api', 'workflow', 'replay', 'cluster', 'system', 'faults', 'long'], '*'],
};
