import { defineConfig } from 'vitest/config';

// One project per tier, so that `npm run test:<tier>` runs one and `npm test` runs them in order of cost.
const tier = (name: string, include: string[], options: Record<string, unknown> = {}) => ({
  extends: true as const,
  test: { name, include, pool: 'forks' as const, testTimeout: 30_000, hookTimeout: 60_000, ...options },
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
      tier('unit', [`${rooms}/**/*.test.ts`, 'test/support/**/*.test.ts']),
      tier('api', ['test/api/**/*.test.ts'], {
        globalSetup: ['test/support/kubectl-setup.ts'],
        fileParallelism: false,
        testTimeout: 60_000,
        hookTimeout: 120_000,
      }),
      tier('workflow', ['test/workflow/**/*.test.ts', 'test/replay/**/*.test.ts'], {
        globalSetup: ['test/support/temporal-setup.ts'],
        fileParallelism: false,
        testTimeout: 60_000,
        hookTimeout: 120_000,
      }),
      tier('e2e', ['test/e2e/**/*.test.ts'], {
        globalSetup: ['test/support/clusters-setup.ts'],
        fileParallelism: false,
        testTimeout: 300_000,
        hookTimeout: 600_000,
      }),
      tier('faults', process.env.FAULTS === 'short' ? SHORT_FAULTS : ['test/faults/**/*.test.ts'], {
        globalSetup: ['test/support/clusters-setup.ts'],
        fileParallelism: false,
        testTimeout: 600_000,
        hookTimeout: 600_000,
      }),
      // Not part of `npm test`: outages of minutes.
      tier('long', ['test/long/**/*.test.ts'], {
        globalSetup: ['test/support/clusters-setup.ts'],
        fileParallelism: false,
        testTimeout: 1_200_000,
        hookTimeout: 600_000,
      }),
    ],
  },
});
