import type { BenchSystem } from './bench-system.js';
import type { Sample } from './measuring.js';

export interface Benchmark {
  name: string;
  /** What is measured and against what, in one sentence. */
  description: string;
  unit: 's' | 'bytes' | 'MB';
  /** Highest ratio ours / bare that is good enough. */
  target: number;
  /** @param pairs how often both ways are measured, where one measurement differs from the next */
  run(system: BenchSystem, pairs: number): Promise<Sample[]>;
}
