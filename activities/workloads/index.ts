import type { ActivityDependencies } from '../kit/dependencies.js';
import { confirmTargetDown } from './confirm-target-down.js';
import type { WorkloadActivities } from './contract.js';
import { inspectTarget } from './inspect-target.js';
import { quiesceApplications } from './quiesce-applications.js';
import { rehearseStart } from './rehearse-start.js';
import { rehearseTarget } from './rehearse-target.js';
import { startTarget } from './start-target.js';
import { confirmSourceRunning, unquiesceSource } from './unquiesce-source.js';
import { verifyTarget } from './verify-target.js';
import { checkQuiesced, waitForQuiesce } from './wait-for-quiesce.js';
import { waitForTarget } from './wait-for-target.js';

export const createWorkloadActivities = (deps: ActivityDependencies): WorkloadActivities => ({
  inspectTarget: (input) => inspectTarget(deps, input),
  rehearseTarget: (input) => rehearseTarget(deps, input),
  quiesceApplications: (input) => quiesceApplications(deps, input),
  waitForQuiesce: (input) => waitForQuiesce(deps, input),
  checkQuiesced: (input) => checkQuiesced(deps, input),
  unquiesceSource: (input) => unquiesceSource(deps, input),
  confirmSourceRunning: (input) => confirmSourceRunning(deps, input),
  rehearseStart: (input) => rehearseStart(deps, input),
  startTarget: (input) => startTarget(deps, input),
  waitForTarget: (input) => waitForTarget(deps, input),
  confirmTargetDown: (input) => confirmTargetDown(deps, input),
  verifyTarget: (input) => verifyTarget(deps, input),
});
