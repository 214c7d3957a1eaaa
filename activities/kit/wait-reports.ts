import type { Context } from '@temporalio/activity';
import type { Logger } from 'pino';
import type { StatusRepository } from '../../migrations-db/migration-store.js';
import type { RunRef } from '../../resources/run/run-record.js';
import type { WaitRecord } from '../../resources/run/waits.js';

/** Shows the operator what an activity waits for. */
export interface WaitReporter {
  /** Undefined when it no longer waits. Returns at once. */
  show(title: string, wait: WaitRecord | undefined): void;
}

const reporters = new WeakMap<Context, WaitReporter>();

export const reportWaitsTo = (context: Context, reporter: WaitReporter): void => void reporters.set(context, reporter);

/** Undefined for an activity that works for no run. */
export const waitReporterOf = (context: Context): WaitReporter | undefined => reporters.get(context);

/** Writes into the status of a run, in order; left out while the store does not answer. */
export function statusReporter(
  { statuses, logger }: { statuses: StatusRepository; logger: Logger },
  run: RunRef,
  steps: readonly string[],
): WaitReporter {
  let written: Promise<void> = Promise.resolve();
  const next = new Map<string, WaitRecord | undefined>();
  const write = async (title: string): Promise<void> => {
    if (!next.has(title)) return;
    const wait = next.get(title);
    next.delete(title);
    try {
      await statuses.writeWait(run, steps, title, wait);
    } catch (error) {
      logger.debug({ err: error, run: run.name }, 'A wait could not be shown');
    }
  };
  return {
    show(title, wait) {
      next.set(title, wait);
      written = written.then(() => write(title));
    },
  };
}
