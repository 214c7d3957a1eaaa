import { isCancellation, patched } from '@temporalio/workflow';
import { failureText } from '../../resources/meta/failure.js';
import { failureReport } from '../run/failure-report.js';
import type { MigrationRun } from '../run/migration-run.js';
import { verification } from './verification.js';

/** Shows what is not healthy on the target, where the migration asks for it. Fails nothing: the application runs there already. */
export async function verify(run: MigrationRun): Promise<void> {
  if (!run.summary.verify || !patched('verification')) return;
  // Decided beforehand: a verification that failed under a former version failed the run.
  const mayFail = patched('verification-fails-nothing');
  try {
    const input = { summary: run.summary };
    const { unhealthy, resources } = await run.step('Verification', verification, input, { pausesOnFailure: !mayFail });
    run.status.unhealthyResources = resources;
    run.report({ unhealthy });
  } catch (error) {
    if (!mayFail || isCancellation(error)) throw error;
    const message = `Whether the application is healthy on the target could not be seen. ${failureText(failureReport(error))}`;
    run.warn([{ type: 'VerificationNotMade', message }]);
  }
}
