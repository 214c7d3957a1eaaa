import type { RunRef } from '../../resources/run/run-record.js';
import type { ActivityDependencies } from './dependencies.js';

/** Keeps lines with the migration, where `…/log` and the report show them. Nothing is written for no lines. */
export async function keepInRunLog(
  deps: ActivityDependencies,
  run: RunRef,
  source: string,
  lines: readonly string[],
): Promise<void> {
  if (lines.length === 0) return;
  await deps.store.runs.appendLog(run, { at: new Date().toISOString(), source, text: lines.join('\n') });
}

/** Keeps one line at a time. */
export const tellOf =
  (deps: ActivityDependencies, run: RunRef, source: string) =>
  (line: string): Promise<void> =>
    keepInRunLog(deps, run, source, [line]);
