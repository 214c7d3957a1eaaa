import { Inject, Injectable } from '@nestjs/common';
import type { MigrationStore, RunRow } from '../../migrations-db/migration-store.js';
import { attemptOf } from '../../resources/kinds/retry.js';
import type { KubeObject } from '../../resources/meta/kube-object.js';
import { LABELS } from '../../resources/meta/labels.js';
import type { RunKind } from '../../resources/run/run-record.js';
import { STORE } from '../http/tokens.js';
import type { Attempt } from './attempt.js';
import { type ShownCopies, treeOf } from './tree.js';
import type { TreeNode } from './tree-node.js';

/** The course of a run, from the database alone. */
@Injectable()
export class RunHistory {
  constructor(@Inject(STORE) private readonly store: MigrationStore) {}

  /** All attempts that got so far as to have a record, the first one first; none while the run has not begun. */
  async attemptsOf(object: KubeObject): Promise<Attempt[]> {
    const { namespace = '', name, uid = '' } = object.metadata;
    const kind = object.kind as RunKind;
    const numbers = Array.from({ length: attemptOf(object) }, (_, index) => index + 1);
    const attempts = await Promise.all(numbers.map((attempt) => this.read({ kind, namespace, name, uid, attempt })));
    return attempts.flatMap((attempt) => attempt ?? []);
  }

  private async read(ref: RunRow['ref']): Promise<Attempt | undefined> {
    const { runs } = this.store;
    const run = await runs.get(ref);
    if (!run) return undefined;
    const [steps, transfers, log] = await Promise.all([runs.steps(ref), runs.transfers(ref), runs.log(ref)]);
    return { run, steps, transfers, log };
  }

  async treeOf(migration: KubeObject): Promise<TreeNode> {
    const reference = migration.spec.migPlanRef;
    const [plan, attempts, copies] = await Promise.all([
      reference && this.store.resources.get({ kind: 'MigPlan', ...reference }),
      this.attemptsOf(migration),
      this.copiesOf(migration),
    ]);
    return treeOf(migration, plan, attempts, copies);
  }

  private async copiesOf({ metadata: { namespace, uid } }: KubeObject): Promise<ShownCopies> {
    const { resources } = this.store;
    const { items: migrations } = await resources.list({
      kind: 'DirectVolumeMigration',
      namespace,
      labelSelector: `${LABELS.directVolume}=${uid}`,
    });
    const lists = await Promise.all(
      migrations.map(({ metadata }) =>
        resources.list({
          kind: 'DirectVolumeMigrationProgress',
          namespace,
          labelSelector: `${LABELS.directVolumeMigration}=${metadata.uid}`,
        }),
      ),
    );
    return { migrations, progresses: lists.flatMap(({ items }) => items) };
  }
}
