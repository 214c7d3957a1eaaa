import { Column, Entity, Generated, Index, PrimaryColumn } from 'typeorm';

/** A volume's place among those that are copied from or to a cluster, held or waited for. */
@Entity('copy_places')
@Index('copy_places_run', ['runUid', 'attempt'])
export class CopyPlaceEntity {
  @PrimaryColumn('text')
  cluster!: string;

  @PrimaryColumn('text', { name: 'run_uid' })
  runUid!: string;

  @PrimaryColumn('integer')
  attempt!: number;

  @PrimaryColumn('text', { name: 'volume_id' })
  volumeId!: string;

  /** The lower one goes first. */
  @Column('smallint')
  rank!: number;

  @Column('boolean', { default: false })
  held!: boolean;

  /** Arrival. */
  @Column('bigint')
  @Generated('increment')
  position!: string;
}
