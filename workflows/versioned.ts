import { setWorkflowOptions } from '@temporalio/workflow';
import { reconcile, removePlan, removeStorage, sweep } from './index.js';

/*
 * The workflows as workers with a version run them: Temporal refuses a workflow that declares its versioning behavior on a worker without
 * one. Long runs stay on the build that began them, which is the worker's default.
 */
export * from './index.js';

// A reconciler lives as long as its object; the others wait for migrations that may be older than this build, or for days.
setWorkflowOptions({ versioningBehavior: 'AUTO_UPGRADE' }, reconcile);
setWorkflowOptions({ versioningBehavior: 'AUTO_UPGRADE' }, sweep);
setWorkflowOptions({ versioningBehavior: 'AUTO_UPGRADE' }, removePlan);
setWorkflowOptions({ versioningBehavior: 'AUTO_UPGRADE' }, removeStorage);
