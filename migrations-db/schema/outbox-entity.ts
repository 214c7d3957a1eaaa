import { Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';
import type { OutboxMessage } from '../migration-store.js';

/** A message to a workflow, written with the change it tells of and removed once delivered. */
@Entity('outbox')
@Index('outbox_uid', ['uid', 'id'])
export class OutboxEntity {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' })
  id!: string;

  @Column('text')
  uid!: string;

  @Column('text')
  kind!: string;

  @Column('text')
  namespace!: string;

  @Column('text')
  name!: string;

  @Column('text')
  change!: OutboxMessage['change'];

  /** Failed deliveries; those that failed often are tried last. */
  @Column('integer', { default: 0 })
  attempts!: number;

  /** Which delivery has taken it, and until when it is left alone. */
  @Column('text', { name: 'leased_by', nullable: true })
  leasedBy!: string | null;

  @Column('timestamptz', { name: 'leased_until', nullable: true })
  leasedUntil!: Date | null;

  @Column('timestamptz', { name: 'written_at', default: () => 'now()' })
  writtenAt!: Date;
}
