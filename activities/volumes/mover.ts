import type { ClusterClient } from '../../clusters/cluster-client.js';
import type { RunVolume } from '../../resources/run/run-record.js';
import type { Pulse } from '../kit/pulse.js';
import type { Pass, PreparedVolume, TransferResult } from './contract.js';
import type { VolumeProgress } from './volume-progress.js';
import type { LiveVolumeRun, VolumeRun } from './volume-run.js';

export interface CopyOptions {
  pass: Pass;
  /** What {@link Mover.prepare} came back with. */
  prepared: PreparedVolume;
  progress: VolumeProgress;
  pulse: Pulse;
}

export interface SettleOptions {
  signal: AbortSignal;
  /** The former reclaim policy stays noted on the volume. */
  keepAnnotations: boolean;
}

/** A way in which volumes get across. Each verb may be repeated, come late or be killed half-way. */
export interface Mover {
  /** Makes what a pass needs in both clusters, once the target claim is there. It stays until {@link remove}. */
  prepare(volumeRun: VolumeRun): Promise<PreparedVolume>;
  /** Name of the pod that a pass begins with, for what is shown before it is there. */
  firstPod(volumeRun: Pick<VolumeRun, 'run' | 'volume'>, pass: Pass): string;
  /** One pass. No foreign pod uses the target claim. The volume behind it is made to stay as soon as it is bound. */
  copy(live: LiveVolumeRun, options: CopyOptions): Promise<TransferResult>;
  /** Leaves the target volume to its owner, after the migration has succeeded. */
  settle(target: ClusterClient, volume: RunVolume, options: SettleOptions): Promise<void>;
  /**
   * Removes what `prepare` and `copy` made, but for the copy.
   *
   * @param options.between another pass follows: what it has to know stays, but nothing by which anybody could write to the target
   */
  remove(volumeRun: VolumeRun, options?: { between?: boolean }): Promise<void>;
}
