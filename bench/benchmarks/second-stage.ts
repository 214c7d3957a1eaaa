import type { BenchSystem } from '../bench-system.js';
import type { Benchmark } from '../benchmark.js';
import { removeNamespaces } from '../cleaning.js';
import type { Sample } from '../measuring.js';
import { changeSome, inOwner, makeVolumes, manyFiles } from '../source-volumes.js';
import { stageVolume } from '../stage-volume.js';

const NAME = 'second-stage';
const NAMESPACE = `bench-${NAME}`;
const FOLDER = '/volumes/data';

/** Bytes on the wire of later stages (ours) against those of the first (bare). */
export const secondStage: Benchmark = {
  name: NAME,
  description: 'bytes sent by a second stage with 0.1 % of 50,000 files changed, against those of the first',
  unit: 'bytes',
  target: 0.15,
  async run(system: BenchSystem, pairs: number): Promise<Sample[]> {
    const { source, target, transferImage: image, say } = system;
    await makeVolumes(source, { namespace: NAMESPACE, claims: ['data'], image });
    await inOwner(source, NAMESPACE, manyFiles(FOLDER));
    try {
      await system.plan(NAME, [NAMESPACE]);
      const first = await stageVolume(system, NAME, `${NAME}-0`);
      const samples: Sample[] = [];
      for (let round = 1; round <= pairs; round += 1) {
        await inOwner(source, NAMESPACE, changeSome(FOLDER, round));
        const { sentBytes } = await stageVolume(system, NAME, `${NAME}-${round}`);
        say(`round ${round}: ${sentBytes} bytes, the first stage ${first.sentBytes}`);
        samples.push({ ours: sentBytes, bare: first.sentBytes });
      }
      return samples;
    } finally {
      await Promise.all([source, target].map((cluster) => removeNamespaces(cluster, NAMESPACE)));
    }
  },
};
