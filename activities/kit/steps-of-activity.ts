import type { RunRef } from '../../resources/run/run-record.js';
import { migrationWorkflowId } from '../../temporal/contract/workflow-ids.js';

/** Steps of the pipeline for which a run's root workflow, or its recovery, calls an activity itself. */
const CALLED_BY_ROOT: Record<string, readonly string[]> = {
  rehearseStart: ['Restore'],
  startTarget: ['Restore'],
  waitForTarget: ['Restore'],
  rehearseConverted: ['SwapPVCReferences'],
  startConverted: ['SwapPVCReferences'],
  waitForRestoreIdle: ['CleanupVelero'],
  confirmTargetDown: ['CleanupVelero'],
  swapClaims: ['CleanupUnquiesce'],
  unquiesceSource: ['CleanupUnquiesce'],
  confirmSourceRunning: ['CleanupUnquiesce', 'SwapPVCReferences'],
  sweepHelpers: ['CleanupHelpers'],
  recordMade: ['CleanupHelpers'],
};

/** The steps one of which an activity works for: by the id of its step's workflow, `…/DirectVolume/final/shop/data`, or by its name. */
export function stepsOfActivity(run: RunRef, { workflowId, name }: { workflowId: string; name: string }): string[] {
  const root = `${migrationWorkflowId(run)}/`;
  const [step] = workflowId.startsWith(root) ? workflowId.slice(root.length).split('/') : [];
  return step ? [step] : [...(CALLED_BY_ROOT[name] ?? [])];
}
