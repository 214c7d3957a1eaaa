import { defineConfig } from 'vitest/config';

// One project per tier. Those without clusters run side by side, two files at once: what a file needs of its own is a database and a
// Temporal namespace, on servers that all of them share (test/kit/shared). Few modules keep state and those are ours, so files of these tiers
// share processes too: to load the libraries anew for each costs more than the tests do.
const tier = (name: string, include: string[], options: Record<string, unknown> = {}) => ({
  extends: true as const,
  test: { name, include, pool: 'forks' as const, isolate: false, testTimeout: 30_000, hookTimeout: 60_000, ...options },
});

// With clusters: each test ends with a look for what migrations have left there. Tiers of one group run side by side, groups in turn.
const onClusters = (
  name: string,
  include: string[],
  {
    group,
    sideBySide = 1,
    ...options
  }: { group: number; sideBySide?: number; testTimeout: number; exclude?: string[] },
) =>
  tier(name, include, {
    globalSetup: ['test/kit/cluster/clusters-setup.ts'],
    setupFiles: ['test/kit/cluster/leftovers-setup.ts'],
    isolate: true,
    maxWorkers: sideBySide,
    sequence: { groupOrder: group },
    hookTimeout: 600_000,
    ...options,
  });

const rooms =
  '{config,process,resources,workflows,activities,clusters,object-storage,migrations-db,temporal,local,api,worker,commands,lab,rules}';

// What belongs to a cluster as a whole is made and taken away here: nothing else may run meanwhile.
const PREPARATION = ['test/cluster/prepare-cluster.test.ts'];

// For `npm test`.
const SHORT_FAULTS = [
  'test/faults/activities/frozen.test.ts',
  'test/faults/activities/killed.test.ts',
  'test/faults/itineraries/matrix.test.ts',
  'test/faults/processes/stopped.test.ts',
  'test/faults/processes/worker-kills.test.ts',
];

export default defineConfig({
  test: {
    globalSetup: ['test/kit/shared/shared-setup.ts'],
    setupFiles: ['reflect-metadata'],
    maxWorkers: 2,
    projects: [
      tier('unit', [`${rooms}/**/*.test.ts`, 'test/kit/**/*.test.ts']),
      tier('api', ['test/api/*.test.ts'], {
        // nestjs-pino keeps one logger for all of a process.
        isolate: true,
        globalSetup: ['test/kit/cluster/kubectl-setup.ts'],
        testTimeout: 150_000,
        hookTimeout: 180_000,
      }),
      // Not part of `npm test`: builds Helm and a controller in Go, which takes minutes once, and installs Python packages.
      tier('clients', ['test/api/clients/**/*.test.ts'], {
        isolate: true,
        maxWorkers: 1,
        globalSetup: ['test/kit/cluster/kubectl-setup.ts'],
        testTimeout: 1_200_000,
        hookTimeout: 180_000,
      }),
      tier('workflow', ['test/workflow/**/*.test.ts', 'test/replay/**/*.test.ts'], {
        globalSetup: ['test/kit/temporal/temporal-setup.ts'],
        testTimeout: 150_000,
        hookTimeout: 180_000,
      }),
      // Not a test: records what a release keeps; see docs/releasing.md.
      tier('record', ['test/replay/record-release.ts'], {
        globalSetup: ['test/kit/temporal/temporal-setup.ts'],
        testTimeout: 300_000,
        hookTimeout: 120_000,
      }),
      onClusters('preparation', PREPARATION, { group: 1, testTimeout: 300_000 }),
      // Their files wait most of the time, each for something else.
      onClusters('cluster', ['test/cluster/**/*.test.ts'], {
        exclude: PREPARATION,
        group: 2,
        sideBySide: 2,
        testTimeout: 300_000,
      }),
      onClusters('system', ['test/system/**/*.test.ts'], { group: 2, sideBySide: 2, testTimeout: 300_000 }),
      // One file after the other: some change the settings of the system they share, and many tests of a file run at once.
      onClusters('faults', process.env.FAULTS === 'short' ? SHORT_FAULTS : ['test/faults/**/*.test.ts'], {
        group: 3,
        testTimeout: 600_000,
      }),
      // Not part of `npm test`: outages of minutes.
      onClusters('long', ['test/long/**/*.test.ts'], { group: 4, testTimeout: 1_200_000 }),
    ],
  },
});
