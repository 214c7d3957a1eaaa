import { defineConfig } from 'vitest/config';

// One project per tier, so that `npm run test:<tier>` runs one and `npm test` runs them in order of cost.
const tier = (name: string, include: string[], options: Record<string, unknown> = {}) => ({
  extends: true as const,
  test: { name, include, pool: 'forks' as const, testTimeout: 30_000, hookTimeout: 60_000, ...options },
});

// With clusters: each test ends with a look for what migrations have left there.
const onClusters = (name: string, include: string[], testTimeout: number) =>
  tier(name, include, {
    globalSetup: ['test/kit/cluster/clusters-setup.ts'],
    setupFiles: ['test/kit/cluster/leftovers-setup.ts'],
    fileParallelism: false,
    testTimeout,
    hookTimeout: 600_000,
  });

const rooms =
  '{resources,workflows,activities,clusters,object-storage,migrations-db,temporal,local,api,worker,commands,lab}';

// Six minutes of them, for `npm test`.
const SHORT_FAULTS = [
  'test/faults/activities/killed.test.ts',
  'test/faults/itineraries/matrix.test.ts',
  'test/faults/processes/stopped.test.ts',
  'test/faults/processes/worker-kills.test.ts',
];

export default defineConfig({
  test: {
    setupFiles: ['reflect-metadata'],
    projects: [
      tier('unit', [`${rooms}/**/*.test.ts`, 'test/kit/**/*.test.ts']),
      tier('api', ['test/api/**/*.test.ts'], {
        globalSetup: ['test/kit/cluster/kubectl-setup.ts'],
        fileParallelism: false,
        testTimeout: 60_000,
        hookTimeout: 120_000,
      }),
      tier('workflow', ['test/workflow/**/*.test.ts', 'test/replay/**/*.test.ts'], {
        globalSetup: ['test/kit/temporal/temporal-setup.ts'],
        fileParallelism: false,
        testTimeout: 60_000,
        hookTimeout: 120_000,
      }),
      // Not a test: records what a release keeps; see docs/releasing.md.
      tier('record', ['test/replay/record-release.ts'], {
        globalSetup: ['test/kit/temporal/temporal-setup.ts'],
        testTimeout: 300_000,
        hookTimeout: 120_000,
      }),
      onClusters('e2e', ['test/cluster/**/*.test.ts', 'test/system/**/*.test.ts'], 300_000),
      onClusters('faults', process.env.FAULTS === 'short' ? SHORT_FAULTS : ['test/faults/**/*.test.ts'], 600_000),
      // Not part of `npm test`: outages of minutes.
      onClusters('long', ['test/long/**/*.test.ts'], 1_200_000),
    ],
  },
});
