import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { KubeObject } from '../../resources/meta/kube-object.js';

/** One object served by the API, of whatever kind. Names sort by bytes, so that pages continue at the same place everywhere. */
@Entity('resources')
@Index('resources_identity', ['kind', 'namespace', 'name'], { unique: true })
@Index('resources_keys', { synchronize: false })
@Index('resources_owned', { synchronize: false })
export class ResourceEntity {
  @PrimaryColumn('text')
  uid!: string;

  @Column({ type: 'text', collation: 'C' })
  kind!: string;

  /** Empty for cluster-scoped kinds. */
  @Column({ type: 'text', collation: 'C' })
  namespace!: string;

  @Column({ type: 'text', collation: 'C' })
  name!: string;

  /** The object's resourceVersion; not repeated in `object`. */
  @Column('bigint')
  revision!: string;

  /** Never holds the value of a Secret. */
  @Column('jsonb')
  object!: KubeObject;

  /** What selectors, owners and referrers find it by, as `search-keys.ts` makes it of the object. For conditions, never read. */
  @Column('jsonb', { select: false })
  keys!: object;

  /** Attempt and revision of the run whose workflow wrote the status last. */
  @Column('integer', { name: 'status_attempt', default: 0 })
  statusAttempt!: number;

  @Column('bigint', { name: 'status_revision', default: 0 })
  statusRevision!: string;
}
