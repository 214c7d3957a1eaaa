import { Column, Entity, PrimaryColumn } from 'typeorm';

/** An object that a run made on the target; Rollback deletes what is here and carries our labels. */
@Entity('created_objects')
export class CreatedObjectEntity {
  /** The run's. */
  @PrimaryColumn('text', { name: 'run_uid' })
  runUid!: string;

  @PrimaryColumn('text')
  cluster!: string;

  /** The object's, as its cluster gave it. */
  @PrimaryColumn('text', { name: 'object_uid' })
  objectUid!: string;

  @Column('integer')
  attempt!: number;

  @Column('text', { name: 'api_version' })
  apiVersion!: string;

  @Column('text')
  kind!: string;

  /** Empty for cluster-scoped objects. */
  @Column('text')
  namespace!: string;

  @Column('text')
  name!: string;
}
