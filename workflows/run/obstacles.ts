import { UNWIND_BLOCKED } from '../../resources/kinds/retry.js';
import { CATEGORY } from '../../resources/meta/conditions.js';
import { failureText } from '../../resources/meta/failure.js';
import type { RetryObserver } from '../kit/retry-until-done.js';
import { failureReport } from './failure-report.js';
import { type Pauses, retryCommand } from './pauses.js';
import type { RunView } from './run-view.js';

/** What blocks an unwind. Shown once for as long as it stays the same: there may be many tries. */
export class Obstacles implements RetryObserver {
  private shown?: string;

  constructor(
    private readonly run: RunView,
    private readonly pauses: Pauses,
  ) {}

  async onFailure(error: unknown, seconds: number): Promise<void> {
    const { type, ...report } = failureReport(error);
    const text = failureText(report);
    if (text !== this.shown) {
      this.shown = text;
      const { ref, status } = this.run;
      const message = `${text} The unwind stops here until that is fixed. It is tried again every two minutes, and at once after: ${retryCommand(ref)}`;
      status.set({ type: UNWIND_BLOCKED, category: CATEGORY.Warn, reason: type, message, durable: true });
      this.run.needsAttention(true);
      this.run.publish();
    }
    await this.pauses.untilAsked(seconds);
  }

  onRecovered(): void {
    if (this.shown === undefined) return;
    this.shown = undefined;
    this.run.status.clear(UNWIND_BLOCKED);
    this.run.needsAttention(this.run.status.hasFailed);
    this.run.publish();
  }
}
