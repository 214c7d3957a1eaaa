import { Column, Entity, PrimaryColumn } from 'typeorm';

/** What one process of many does, and until when it is that process's to do. */
@Entity('leases')
export class LeaseEntity {
  @PrimaryColumn('text')
  name!: string;

  @Column('text')
  holder!: string;

  @Column('timestamptz')
  until!: Date;
}
