import { Column, Entity, Generated, Index, PrimaryColumn } from 'typeorm';

/** A run that holds a plan or waits for it. The partial unique index is what keeps it to one running migration per plan. */
@Entity('plan_queue')
@Index('plan_queue_one_running', ['planUid'], { unique: true, where: 'running' })
export class PlanQueueEntity {
  @PrimaryColumn('text', { name: 'plan_uid' })
  planUid!: string;

  @PrimaryColumn('text', { name: 'run_uid' })
  runUid!: string;

  /** The newest attempt that asked; a retry keeps the place of the attempt before. */
  @Column('integer')
  attempt!: number;

  @Column('text')
  namespace!: string;

  @Column('text')
  name!: string;

  /** Of those that wait, the lowest goes first. */
  @Column('smallint')
  rank!: number;

  @Column('boolean', { default: false })
  running!: boolean;

  /** Order of arrival. */
  @Column('bigint')
  @Generated('increment')
  position!: string;
}
