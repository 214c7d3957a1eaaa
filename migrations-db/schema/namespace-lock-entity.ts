import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import { PlanQueueEntity } from './plan-queue-entity.js';

/** A namespace of a cluster that the run of a plan works on: its primary key is what keeps two plans from one place. Goes with the plan's place. */
@Entity('namespace_locks')
@Index('namespace_locks_plan', ['planUid'])
export class NamespaceLockEntity {
  @PrimaryColumn('text', { name: 'cluster_uid' })
  clusterUid!: string;

  @PrimaryColumn('text')
  namespace!: string;

  @PrimaryColumn('text')
  side!: 'source' | 'target';

  @Column('text', { name: 'plan_uid' })
  planUid!: string;

  @Column('text', { name: 'run_uid' })
  runUid!: string;

  /** `<namespace>/<name>`, for texts. */
  @Column('text')
  plan!: string;

  @Column('text')
  run!: string;

  @ManyToOne(() => PlanQueueEntity, { onDelete: 'CASCADE' })
  @JoinColumn([
    { name: 'plan_uid', referencedColumnName: 'planUid', foreignKeyConstraintName: 'namespace_locks_place' },
    { name: 'run_uid', referencedColumnName: 'runUid', foreignKeyConstraintName: 'namespace_locks_place' },
  ])
  place!: PlanQueueEntity;
}
