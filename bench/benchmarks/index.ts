import type { Benchmark } from '../benchmark.js';
import { statelessFinal } from './stateless-final.js';

export const BENCHMARKS: readonly Benchmark[] = [statelessFinal];
