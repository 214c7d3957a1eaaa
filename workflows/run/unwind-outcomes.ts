const DISCARDS =
  'gives up what was written on the target since (kubectl get --raw …/migplans/<plan>/rollback lists it under discards)';

/** Where the application is after a run that did not succeed, and what the operator may do. */
export const UNWIND_OUTCOMES = {
  /** Nothing had been done to the source's workloads. */
  untouched: 'The source application was not touched and runs as before.',
  /** The attempt ended before it could read where the one before it, which had passed its commit point, left off. */
  'as-left-before':
    'This attempt ended before it did anything. An attempt before it had passed the commit point: the application is where that one, or a rollback since then, left it. Fix the cause and retry the migration.',
  /** The source was halted and runs again. */
  'source-running':
    'The source application was started again with its former replicas; data copied so far stays on the target for the next run.',
  /** As above, but not all of it was seen to run. */
  'source-starting':
    'The source was started again, but not all of its workloads were seen to run: see the warnings, the step CleanupUnquiesce and the events of the source namespaces.',
  /** What this run had halted runs again; what an earlier cutover had left down does not. */
  'source-kept-down':
    'The application is where it was before: what an earlier migration of the plan had left down on the source when it passed its commit point stays down there (SourceKeptDown names it); anything else that this migration had halted was started again. Fix the cause and retry the migration; or create a Rollback, which starts the source again.',
  /** Final, after the commit point. */
  'target-running': `The commit point was passed: the application runs on the target and the source stays down. Fix the cause and retry the migration, which continues with what the target still needs; or create a Rollback, which starts the source again and ${DISCARDS}.`,
  /** The same, where the source was not halted. */
  'both-running': `The commit point was passed: the objects were brought to the target, or were on their way there; the source was not halted and runs as before. Fix the cause and retry the migration, which restores again from its Backup; or create a Rollback, which removes from the target what the migration brought there and ${DISCARDS}.`,
  /** Conversion, after the commit point. */
  'on-new-claims': `The commit point was passed: the workloads have their new claims, and run on them as far as they were started. Fix the cause and retry the migration, which continues with their start; or create a Rollback, which gives them their former claims back and gives up what was written to the new ones since.`,
  /** State migration, after its last copy. */
  copied: `The last copy is complete and the source stays down: start the application on the target. A sweep of the plan removes helpers that are left. A Rollback starts the source again and ${DISCARDS}.`,
  'rollback-not-begun':
    'The rollback had stopped nothing yet: the application is where it was. Fix the cause and retry it, or create another rollback.',
  'rollback-begun':
    'The rollback is not complete: the steps show how far it came. What is done stays done; fix the cause and retry it, or create another rollback.',
} as const;
export type UnwindOutcome = keyof typeof UNWIND_OUTCOMES;

/** Whether all that a run had halted on the source runs there again. */
export const runsAgain = (outcome: UnwindOutcome): boolean =>
  outcome === 'source-running' || outcome === 'source-starting' || outcome === 'source-kept-down';
