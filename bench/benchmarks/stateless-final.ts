import type { BenchSystem } from '../bench-system.js';
import type { Benchmark } from '../benchmark.js';
import { makeLocation, removeLocation } from '../by-hand/backup-location.js';
import { moveApplication } from '../by-hand/move-application.js';
import { removeNamespaces } from '../cleaning.js';
import { alternate, type Sample, timed } from '../measuring.js';
import { deployStateless, untilAvailable } from '../stateless-application.js';
import { removeBackups } from '../velero-cleaning.js';

const PREFIX = 'bench-stateless-';

/** An application for each way and pair, both deployed before either is measured. */
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
      return await alternate(
        pairs,
        {
          async prepare(pair) {
            const names = namesOf(pair);
            await Promise.all([
              ...clusters.map((cluster) => removeNamespaces(cluster, namesOf(pair - 1).prefix)),
              ...[names.ours, names.byHand].map((name) => deployStateless(source, name, system.transferImage)),
            ]);
            await system.plan(names.ours, [names.ours]);
          },
          ours: (pair) => ours(system, namesOf(pair).ours),
          async bare(pair) {
            const { seconds } = await timed(() => moveApplication(source, target, namesOf(pair).byHand));
            return seconds;
          },
        },
        say,
      );
    } finally {
      await removeBackups(source, target);
      await Promise.all([
        ...clusters.map(removeLocation),
        ...clusters.map((cluster) => removeNamespaces(cluster, PREFIX)),
      ]);
    }
  },
};

function namesOf(pair: number) {
  const prefix = `${PREFIX}${pair}-`;
  return { prefix, ours: `${prefix}ours`, byHand: `${prefix}by-hand` };
}

/** @param name of namespace, plan and migration */
async function ours(system: BenchSystem, name: string): Promise<number> {
  const { seconds } = await timed(async () => {
    await system.migrate(name, name, { quiescePods: true });
    await untilAvailable(system.target, name);
  });
  await system.forget(name, name);
  return seconds;
}
