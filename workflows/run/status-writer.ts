import { CancellationScope, condition } from '@temporalio/workflow';
import type { RunRef } from '../../resources/run/run-record.js';
import { unboundedActivity } from '../kit/activities.js';
import type { MigrationStatus } from './migration-status.js';

/** Revisions of a retry come after every one its former attempts can have written. */
const REVISIONS_PER_ATTEMPT = 10_000_000;

export const firstRevision = ({ attempt }: RunRef): number => (attempt - 1) * REVISIONS_PER_ATTEMPT;

/**
 * Projects the status into the database beside the run: the run never waits for the database, changes that come while a write is under
 * way are written together afterwards, and a growing revision lets the store drop what arrives late.
 */
export class StatusWriter {
  private dirty = false;
  private closing = false;
  private readonly finished: Promise<void>;

  constructor(
    private readonly run: RunRef,
    private readonly status: MigrationStatus,
    /** What was written before is older. */
    private revision = firstRevision(run),
  ) {
    this.finished = CancellationScope.nonCancellable(() => this.write());
    // Awaited in close(); without a handler a failure before that would be reported as unhandled.
    this.finished.catch(() => undefined);
  }

  changed(): void {
    this.dirty = true;
  }

  /** Resolves when the last change is written. */
  async close(): Promise<void> {
    this.closing = true;
    await this.finished;
  }

  private async write(): Promise<void> {
    for (;;) {
      await condition(() => this.dirty || this.closing);
      if (!this.dirty) return;
      this.dirty = false;
      this.revision += 1;
      await unboundedActivity('Write the status').writeStatus({
        run: this.run,
        revision: this.revision,
        status: this.status.snapshot(),
      });
    }
  }
}
