import { Check, Column, Entity, PrimaryColumn } from 'typeorm';

/** Which programs may work on this schema: those that know the schema change of this time, or a later one. */
@Entity('schema_readers')
@Check('schema_readers_single', 'id = 1')
export class SchemaReadersEntity {
  @PrimaryColumn('smallint', { default: 1 })
  id!: number;

  @Column('bigint', { name: 'min_reader_version' })
  minReaderVersion!: string;
}
