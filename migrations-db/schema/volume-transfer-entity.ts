import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { VolumeTransferRow } from '../migration-store.js';

const asNumber = {
  to: (value?: number) => value,
  from: (value: string | null) => (value === null ? null : Number(value)),
};

/** Progress of one volume in one pass of a run; see {@link VolumeTransferRow} for the units. */
@Entity('volume_transfers')
export class VolumeTransferEntity {
  @PrimaryColumn('text')
  uid!: string;

  @PrimaryColumn('integer')
  attempt!: number;

  @PrimaryColumn('text', { name: 'volume_id' })
  volumeId!: string;

  @PrimaryColumn('text')
  pass!: VolumeTransferRow['pass'];

  @Column('text')
  phase!: VolumeTransferRow['phase'];

  @Column('bigint', { name: 'total_bytes', transformer: asNumber })
  totalBytes!: number;

  @Column('bigint', { name: 'done_bytes', transformer: asNumber })
  doneBytes!: number;

  @Column('bigint', { name: 'sent_bytes', transformer: asNumber })
  sentBytes!: number;

  @Column('bigint', { transformer: asNumber })
  files!: number;

  @Column('bigint', { name: 'files_total', transformer: asNumber })
  filesTotal!: number;

  @Column('double precision')
  rate!: number;

  @Column('double precision', { name: 'eta_seconds', nullable: true })
  etaSeconds!: number | null;

  /** Tries within the pass; `attempt` is the run's. */
  @Column('integer', { name: 'copy_attempt' })
  copyAttempt!: number;

  @Column('text', { name: 'pod_name', nullable: true })
  podName!: string | null;

  @Column('timestamptz', { name: 'started_at', nullable: true })
  startedAt!: Date | null;

  @Column('timestamptz', { name: 'ended_at', nullable: true })
  endedAt!: Date | null;

  @Column('text', { nullable: true })
  message!: string | null;
}
