import { readFile } from 'node:fs/promises';
import type { BenchSystem } from '../bench-system.js';
import type { Benchmark } from '../benchmark.js';
import { removeNamespaces } from '../cleaning.js';
import type { Sample } from '../measuring.js';
import { inOwner, makeVolumes, oneFile } from '../source-volumes.js';

const NAME = 'memory';
const NAMESPACE = `bench-${NAME}`;
const LIMIT_MB = 500;
const SAMPLE_MS = 200;

/** Highest resident memory of the one process that is API and worker (ours) against the limit (bare). */
export const memory: Benchmark = {
  name: NAME,
  description: `resident memory of API and worker while 8 volumes copy, against ${LIMIT_MB} MB`,
  unit: 'MB',
  target: 1,
  async run(system: BenchSystem): Promise<Sample[]> {
    const { source, target, transferImage: image } = system;
    const claims = Array.from({ length: 8 }, (_, index) => `data-${index + 1}`);
    await makeVolumes(source, { namespace: NAMESPACE, claims, image });
    await inOwner(source, NAMESPACE, claims.map((claim) => oneFile(`/volumes/${claim}`, 256)).join(' && '));
    const sampler = new MemorySampler(system.pid);
    try {
      await system.plan(NAME, [NAMESPACE]);
      sampler.start();
      await system.migrate(NAME, NAME, { stage: true });
      return [{ ours: sampler.peak, bare: LIMIT_MB }];
    } finally {
      sampler.stop();
      await Promise.all([source, target].map((cluster) => removeNamespaces(cluster, NAMESPACE)));
    }
  },
};

/** Looks at a process's VmRSS five times a second. */
class MemorySampler {
  /** Megabytes. */
  peak = 0;
  private timer?: NodeJS.Timeout;

  constructor(private readonly pid: number) {}

  start(): void {
    this.timer = setInterval(() => void this.look(), SAMPLE_MS);
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private async look(): Promise<void> {
    const status = await readFile(`/proc/${this.pid}/status`, 'utf8');
    const kibibytes = Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]);
    this.peak = Math.max(this.peak, (kibibytes * 1_024) / 1e6);
  }
}
