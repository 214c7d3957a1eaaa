import type { Benchmark } from '../benchmark.js';
import { memory } from './memory.js';
import { secondStage } from './second-stage.js';
import { statelessFinal } from './stateless-final.js';
import { emptyVolume, fiftyThousandFiles, oneGibFile } from './volume-copies.js';

/** In the order they run; the memory is looked at last, when the service has a history. */
export const BENCHMARKS: readonly Benchmark[] = [
  statelessFinal,
  emptyVolume,
  oneGibFile,
  fiftyThousandFiles,
  secondStage,
  memory,
];
