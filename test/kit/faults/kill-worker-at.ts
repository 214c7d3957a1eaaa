import type { OwnSystem } from '../system/own-system.js';
import { WholeMigration } from '../system/whole-migration.js';
import type { ClusterProxies } from './api-proxy/cluster-proxies.js';
import { killAt } from './api-proxy/kill-point.js';

/** Mutations that one cutover of a {@link WholeMigration} makes: the last ones start the target and sweep the helpers. */
const MUTATIONS = 24;

/**
 * Lets some migrations run at once and kills the worker that many times at mutations chosen by chance, each time to be followed by
 * another. What must hold is checked of every migration.
 *
 * @param random see `seeded`
 * @param finished is told what to do when the test is over
 */
export async function migrateThroughKills(
  { system, proxies }: { system: OwnSystem; proxies: ClusterProxies },
  { name, migrations, kills, random }: { name: string; migrations: number; kills: number; random: () => number },
  finished: (undo: () => Promise<void>) => void,
): Promise<void> {
  const all = await Promise.all(
    Array.from({ length: migrations }, (_, index) => WholeMigration.open(system, `${name}-${index}`)),
  );
  finished(async () => {
    await Promise.all(all.map((migration) => migration.remove()));
  });
  // Spread over the way of the migrations, each anywhere in its part.
  const stretch = Math.floor((migrations * MUTATIONS) / kills);
  const points = Array.from({ length: kills }, () => ({
    k: 1 + Math.floor(random() * stretch),
    moment: random() < 0.5 ? ('heard' as const) : ('unheard' as const),
  }));
  const killed = killInTurn(system, proxies, points);
  await Promise.all(all.map((migration) => migration.start()));
  const over = Promise.all(all.map((migration) => migration.over()));
  const struckAt = await Promise.race([killed, over.then(() => undefined)]);
  if (!struckAt) throw new Error(`The migrations were over before the worker was killed at ${JSON.stringify(points)}.`);
  console.log(`The worker was killed at: ${struckAt.join(', ')}`);
  await Promise.all(all.map((migration) => migration.expectMovedOnce()));
}

async function killInTurn(
  system: OwnSystem,
  proxies: ClusterProxies,
  points: readonly { k: number; moment: 'heard' | 'unheard' }[],
): Promise<string[]> {
  const struckAt: string[] = [];
  for (const at of points) {
    const point = killAt(Object.values(proxies), at, () => system.killWorker());
    await point.struck;
    point.disarm();
    struckAt.push(`${point.struckAt} (${at.moment})`);
    await system.startWorker();
  }
  return struckAt;
}
