import { Column, Entity, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from 'typeorm';
import type { CredentialAddress } from '../migration-store.js';
import { ResourceEntity } from './resource-entity.js';

/** One encrypted value of a Secret: AES-256-GCM, bound to the Secret's uid and the key's name. */
@Entity('secret_values')
export class SecretValueEntity {
  @PrimaryColumn('text', { name: 'secret_uid' })
  secretUid!: string;

  @PrimaryColumn('text')
  name!: string;

  // Deferred: values are written before the row of a new Secret, which takes the revision and so comes last.
  @ManyToOne(() => ResourceEntity, { onDelete: 'CASCADE', deferrable: 'INITIALLY DEFERRED' })
  @JoinColumn({ name: 'secret_uid', foreignKeyConstraintName: 'secret_values_secret' })
  secret?: Relation<ResourceEntity>;

  /** Id of the encryption key, for rotation. */
  @Column('text', { name: 'key_id' })
  keyId!: string;

  @Column('bytea')
  nonce!: Buffer;

  @Column('bytea')
  ciphertext!: Buffer;

  @Column('bytea')
  tag!: Buffer;

  /** Where it is sent to, from its first use until the value is written again. */
  @Column('jsonb', { nullable: true })
  address!: CredentialAddress | null;
}
