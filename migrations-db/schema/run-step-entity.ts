import { Column, Entity, PrimaryColumn } from 'typeorm';

/** One step of a run, as recorded last. */
@Entity('run_steps')
export class RunStepEntity {
  @PrimaryColumn('text')
  uid!: string;

  @PrimaryColumn('integer')
  attempt!: number;

  @PrimaryColumn('text')
  name!: string;

  @Column('text')
  state!: string;

  @Column('text', { nullable: true })
  message!: string | null;

  @Column('timestamptz', { name: 'started_at', nullable: true })
  startedAt!: Date | null;

  @Column('timestamptz', { name: 'ended_at', nullable: true })
  endedAt!: Date | null;

  @Column('timestamptz', { name: 'first_recorded_at', default: () => 'clock_timestamp()' })
  firstRecordedAt!: Date;
}
