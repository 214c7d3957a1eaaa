import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { KubeObject } from '../../resources/meta/kube-object.js';
import type { LoggedChange } from '../migration-store.js';

/** One entry of the append-only log of writes: what watchers are told, and who did what. */
@Entity('changes')
@Index('changes_kind_revision', ['kind', 'revision'])
export class ChangeEntity {
  @PrimaryColumn('bigint')
  revision!: string;

  @Column('timestamptz', { default: () => 'now()' })
  at!: Date;

  @Column('text')
  type!: LoggedChange['type'];

  @Column('text')
  actor!: string;

  /** `create`, `update` or `delete`, as the actor asked for. */
  @Column('text')
  verb!: string;

  @Column('text')
  uid!: string;

  @Column('text')
  kind!: string;

  @Column('text')
  namespace!: string;

  @Column('text')
  name!: string;

  /** State after the change; for a deletion the last one. */
  @Column('jsonb')
  object!: KubeObject;

  @Column('jsonb', { nullable: true })
  previous!: KubeObject | null;
}
