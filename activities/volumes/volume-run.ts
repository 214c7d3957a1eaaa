import type { RunRecord, RunRef, RunVolume } from '../../resources/run/run-record.js';
import { type ActivityDependencies, clusterOf, type RunClient } from '../kit/dependencies.js';
import type { Direction } from '../kit/while-running.js';
import type { VolumeInput } from './contract.js';

/** One volume of a run with all an activity needs to work on it. */
export interface VolumeRun {
  deps: ActivityDependencies;
  run: RunRef;
  record: RunRecord;
  volume: RunVolume;
  source: RunClient;
  target: RunClient;
}

/** A volume run while an activity works on it; the signal ends every call. */
export type LiveVolumeRun = VolumeRun & { signal: AbortSignal };

export async function loadVolumeRun(
  deps: ActivityDependencies,
  { run, volume: id }: VolumeInput,
  direction?: Direction,
): Promise<VolumeRun> {
  const record = await deps.store.runs.record(run);
  const volume = record.volumes.find((candidate) => candidate.id === id);
  if (!volume) throw new Error(`The record of migration ${run.namespace}/${run.name} holds no volume ${id}.`);
  const [source, target] = await Promise.all([
    clusterOf(deps, record, 'source', direction),
    clusterOf(deps, record, 'target', direction),
  ]);
  return { deps, run, record, volume, source, target };
}

/** `shop/data → shop/data-new` */
export const volumeTitle = ({ id, target }: RunVolume): string => `${id} → ${target.namespace}/${target.claim}`;
