import type { RunRef } from '../../resources/run/run-record.js';

export interface VolumeInput {
  run: RunRef;
  /** Id of a volume in the run record: `<source namespace>/<source claim>`. */
  volume: string;
}

export type Pass = 'pre-copy' | 'final';

/** Where the volume's server listens, as seen from the source cluster. Within one cluster its Service's own address is enough. */
export interface TransferEndpoint {
  mover: 'rsync';
  type: 'NodePort' | 'ClusterIP';
  host: string;
  port: number;
  /** Tried where the host does not answer: other nodes, and other addresses of them. */
  otherHosts?: string[];
}

/** What a volume's mover has prepared for its passes; `mover` tells whose it is. */
export type PreparedVolume = TransferEndpoint;

/** What a pass moved and what both sides held when it ended. */
export interface TransferResult {
  files: number;
  bytes: number;
  /** Bytes on the wire, from rsync's own statistics. */
  sentBytes: number;
  /** Seconds from first to last byte by rsync's own log. */
  seconds: number;
  /** Files that vanished or changed while they were read; possible only while the source runs. */
  vanished: number;
  source: { files: number; bytes: number };
  target: { files: number; bytes: number };
  /** Pods it took (1 = no retry). */
  attempts: number;
  /** What the operator should know although the pass succeeded, e.g. that files changed their owner. */
  warnings: string[];
}

export interface VolumeActivities {
  /** Fails, to be tried again, while as many volumes as a cluster may have are being copied; nothing is in the clusters until then. */
  takeCopyPlace(input: VolumeInput & { pass: Pass }): Promise<void>;
  leaveCopyPlace(input: VolumeInput): Promise<void>;
  /**
   * Target namespace (with all labels and annotations of the source's, when it is not there) and target claim. Does not wait for the
   * volume: many classes make it for the first pod. Refuses a claim that a foreign running pod mounts unless allowed.
   */
  provisionTargetVolume(input: VolumeInput): Promise<{ created: boolean }>;
  /**
   * What the volume's mover needs in both clusters for its passes. By rsync: key pairs, secrets, service, server pod on the target;
   * resolves when the address is known, and leaves waiting for the server to the pass, whose client starts beside it. Idempotent.
   */
  prepareVolume(input: VolumeInput): Promise<PreparedVolume>;
  /**
   * One pass, which refuses a target claim that a foreign running pod mounts unless allowed. By rsync: with a client pod on the source;
   * follows its log for progress, survives the pods' deletion (starts them again, bytes already copied stay) and the worker's death (a
   * repeated activity takes over the running pod). Gives the target volume reclaim policy Retain as soon as it is bound. In pass `final`
   * counts and bytes must match, else ContentDiffers.
   */
  copyVolume(input: VolumeInput & { pass: Pass; prepared: PreparedVolume }): Promise<TransferResult>;
  /**
   * Removes the volume's helpers in both clusters, keeping their logs and events in the run's log. The bound volume keeps Retain.
   * `between` two passes what the next one has to know stays, but no key and nothing that listens.
   */
  removeVolumeHelpers(input: VolumeInput & { between?: boolean }): Promise<void>;
}
