import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { RunFacts } from '../../resources/run/facts.js';
import type { Itinerary, RunKind, RunRecord } from '../../resources/run/run-record.js';
import type { RunRow } from '../migration-store.js';

/** One attempt of a migration. */
@Entity('runs')
@Index('runs_open', ['startedAt'], { where: 'ended_at IS NULL' })
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

  @Column('jsonb')
  record!: RunRecord;

  @Column('jsonb', { default: {} })
  facts!: RunFacts;

  @Column('text', { name: 'workflow_id' })
  workflowId!: string;

  @Column('timestamptz', { name: 'started_at', default: () => 'now()' })
  startedAt!: Date;

  @Column('timestamptz', { name: 'ended_at', nullable: true })
  endedAt!: Date | null;
}
