import { Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';

/** A piece of log kept with a run. */
@Entity('run_logs')
@Index('run_logs_run', ['uid', 'attempt', 'id'])
export class RunLogEntity {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' })
  id!: string;

  @Column('text')
  uid!: string;

  @Column('integer')
  attempt!: number;

  @Column('timestamptz')
  at!: Date;

  /** What wrote it, e.g. `pod mtc-rsync-client-1f2e3d4c in shop (source)`. */
  @Column('text')
  source!: string;

  @Column('text')
  text!: string;
}
