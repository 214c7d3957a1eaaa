import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { RunFacts } from '../../resources/run/facts.js';
import type { Itinerary, RunCluster, RunKind, RunRecord } from '../../resources/run/run-record.js';
import type { RunRow } from '../migration-store.js';

/** One attempt of a migration. */
@Entity('runs')
@Index('runs_plan', ['planUid', 'startedAt'])
@Index('runs_ended', ['endedAt'])
@Index('runs_open', { synchronize: false })
export class RunEntity {
  @PrimaryColumn('text')
  uid!: string;

  @PrimaryColumn('integer')
  attempt!: number;

  @Column('text')
  kind!: RunKind;

  @Column('text')
  namespace!: string;

  @Column('text')
  name!: string;

  @Column('text')
  itinerary!: Itinerary;

  @Column('text')
  state!: RunRow['state'];

  /** Null once it is not needed any more: see `history.ts`. */
  @Column('jsonb', { nullable: true })
  record!: RunRecord | null;

  @Column('jsonb', { default: {} })
  facts!: RunFacts;

  @Column('text', { name: 'workflow_id' })
  workflowId!: string;

  /** What of the record is asked of all runs of a plan, and outlives it. */
  @Column('text', { name: 'plan_uid' })
  planUid!: string;

  @Column('jsonb', { nullable: true })
  source!: RunCluster | null;

  @Column('jsonb', { nullable: true })
  target!: RunCluster | null;

  @Column('timestamptz', { name: 'started_at', default: () => 'now()' })
  startedAt!: Date;

  @Column('timestamptz', { name: 'ended_at', nullable: true })
  endedAt!: Date | null;
}
