import { Inject, Injectable } from '@nestjs/common';
import type { MigrationStore, RunRow, VolumeTransferRow } from '../../migrations-db/migration-store.js';
import type { KubeObject } from '../../resources/kube-object.js';
import { STORE } from '../tokens.js';

export type StepRow = Awaited<ReturnType<MigrationStore['runs']['steps']>>[number];
export type LogEntry = Awaited<ReturnType<MigrationStore['runs']['log']>>[number];

/** What is stored of one attempt of a migration. */
export interface Attempt {
  run: RunRow;
  steps: StepRow[];
  transfers: VolumeTransferRow[];
  log: LogEntry[];
}

@Injectable()
export class RunHistory {
  constructor(@Inject(STORE) private readonly store: MigrationStore) {}

  /** All attempts of a MigMigration, the first one first; none while its run has not begun. */
  async attemptsOf({ metadata }: KubeObject): Promise<Attempt[]> {
    const { runs } = this.store;
    const attempts: Attempt[] = [];
    for (let attempt = 1; ; attempt++) {
      const ref = { namespace: metadata.namespace ?? '', name: metadata.name, uid: metadata.uid ?? '', attempt };
      const run = await runs.get(ref);
      if (!run) return attempts;
      const [steps, transfers, log] = await Promise.all([runs.steps(ref), runs.transfers(ref), runs.log(ref)]);
      attempts.push({ run, steps, transfers, log });
    }
  }
}
