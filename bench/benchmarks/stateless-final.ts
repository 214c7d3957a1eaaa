import type { BenchSystem } from '../bench-system.js';
import { alternate, type Benchmark, type Sample, timed } from '../benchmark.js';
import { makeLocation, removeLocation } from '../by-hand/backup-location.js';
import { moveApplication } from '../by-hand/move-application.js';
import { removeNamespaces } from '../cleaning.js';
import { deployStateless, untilAvailable } from '../stateless-application.js';
import { removeBackups } from '../velero-cleaning.js';

const PREFIX = 'bench-stateless-';

export const statelessFinal: Benchmark = {
  name: 'stateless-final',
  description: 'final migration of 30 objects, from its creation until it succeeded and the target is Available',
  unit: 's',
  target: 3,
  async run(system: BenchSystem, pairs: number): Promise<Sample[]> {
    const { source, target, say } = system;
    const clusters = [source, target];
    await Promise.all(clusters.map((cluster) => makeLocation(cluster, system.values)));
    try {
      return await alternate(pairs, { ours: (pair) => ours(system, pair), bare: (pair) => byHand(system, pair) }, say);
    } finally {
      await removeBackups(source, target);
      await Promise.all(clusters.map(removeLocation));
    }
  },
};

async function ours(system: BenchSystem, pair: number): Promise<number> {
  const namespace = `${PREFIX}ours-${pair}`;
  return withApplication(system, namespace, async () => {
    const name = `stateless-${pair}`;
    await system.plan(name, [namespace]);
    const { seconds } = await timed(async () => {
      await system.migrate(name, name, { quiescePods: true });
      await untilAvailable(system.target, namespace);
    });
    await system.forget(name, name);
    return seconds;
  });
}

async function byHand(system: BenchSystem, pair: number): Promise<number> {
  const namespace = `${PREFIX}hand-${pair}`;
  return withApplication(system, namespace, async () => {
    const { seconds } = await timed(() => moveApplication(system.source, system.target, namespace));
    return seconds;
  });
}

/** Deploys before and cleans up after what is measured. */
async function withApplication(
  { source, target, transferImage }: BenchSystem,
  namespace: string,
  measure: () => Promise<number>,
): Promise<number> {
  await deployStateless(source, namespace, transferImage);
  try {
    return await measure();
  } finally {
    await Promise.all([source, target].map((cluster) => removeNamespaces(cluster, namespace)));
  }
}
