import type { BenchSystem } from '../bench-system.js';
import type { Benchmark } from '../benchmark.js';
import { copyVolume, nodeAddressOf } from '../by-hand/copy-volume.js';
import { removeNamespaces } from '../cleaning.js';
import { alternate, type Sample, timed } from '../measuring.js';
import { inOwner, makeVolumes, manyFiles, oneFile } from '../source-volumes.js';
import { type Stage, stageVolume } from '../stage-volume.js';

const CLAIM = 'data';

export const emptyVolume = volumeCopy({
  name: 'empty-volume',
  description: 'stage migration of one empty claim, from its creation until it succeeded',
  target: 1.5,
  measured: 'wholeSeconds',
});

export const oneGibFile = volumeCopy({
  name: 'one-gib-file',
  description: 'one file of 1 GiB, rsync from first to last byte',
  target: 1.15,
  content: oneFile(`/volumes/${CLAIM}`, 1_024),
  measured: 'seconds',
});

export const fiftyThousandFiles = volumeCopy({
  name: '50k-files',
  description: '50,000 files of 4 KiB, rsync from first to last byte',
  target: 1.15,
  content: manyFiles(`/volumes/${CLAIM}`),
  measured: 'seconds',
});

interface VolumeCopy extends Pick<Benchmark, 'name' | 'description' | 'target'> {
  /** Script that fills the source volume, once. */
  content?: string;
  measured: keyof Pick<Stage, 'seconds' | 'wholeSeconds'>;
}

/**
 * Copies one source volume again and again, each time into a namespace of its own on the target. These go at the end together: removing
 * large trees between the copies would slow them down.
 */
function volumeCopy({ content, measured, ...about }: VolumeCopy): Benchmark {
  const namespace = `bench-${about.name}`;
  return {
    ...about,
    unit: 's',
    async run(system: BenchSystem, pairs: number): Promise<Sample[]> {
      const { source, target, transferImage: image, say } = system;
      const host = await nodeAddressOf(target);
      const settle = (): Promise<string> => inOwner(source, namespace, 'sync');
      await makeVolumes(source, { namespace, claims: [CLAIM], image });
      if (content !== undefined) await inOwner(source, namespace, content);
      try {
        return await alternate(
          pairs,
          {
            async ours(pair) {
              const name = `${about.name}-${pair}`;
              await system.plan(name, [`${namespace}:${namespace}-ours-${pair}`]);
              await settle();
              const stage = await stageVolume(system, name, name);
              await system.forget(name, name);
              return stage[measured];
            },
            async bare(pair) {
              await settle();
              const copy = { source, target, image, host, claim: CLAIM, from: namespace };
              const { seconds: wholeSeconds, result: seconds } = await timed(() =>
                copyVolume({ ...copy, to: `${namespace}-hand-${pair}` }),
              );
              return { seconds, wholeSeconds }[measured];
            },
          },
          say,
        );
      } finally {
        await Promise.all([source, target].map((cluster) => removeNamespaces(cluster, namespace)));
      }
    },
  };
}
