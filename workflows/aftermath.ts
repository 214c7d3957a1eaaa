import type { Aftermath } from './unwind.js';

/** Where the application is after a run that did not succeed, and what the operator may do. */
export const AFTERMATH: Record<Aftermath, string> = {
  untouched: 'The source application was not touched and runs as before.',
  'source-running':
    'The source application was started again with its former replicas; data copied so far stays on the target for the next run.',
  'source-starting':
    'The source workloads have their former replicas again, but their pods were not all seen to start: see the step CleanupUnquiesce and the events of the source namespaces.',
  'target-running':
    'The commit point was passed: the application runs on the target and the source stays down. Mend the cause on the target, or scale the source up by hand after scaling the target down (what was written on the target since is then lost).',
};

/** After a rollback that did not come to its end. */
export const ROLLBACK_AFTERMATH =
  'The rollback is not complete: the steps show how far it came. What is done stays done; mend the cause and retry it, or create another rollback.';
