import { Check, Column, Entity, PrimaryColumn } from 'typeorm';

/** The one counter all resourceVersions come from. Its row lock makes commit order the order of revisions. */
@Entity('revision')
@Check('revision_single', 'id = 1')
export class RevisionEntity {
  @PrimaryColumn('smallint', { default: 1 })
  id!: number;

  @Column('bigint')
  value!: string;

  /** The log reaches back to changes after this revision. */
  @Column('bigint', { name: 'compacted_to', default: 0 })
  compactedTo!: string;
}
