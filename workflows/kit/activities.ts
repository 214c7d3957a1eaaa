import { ActivityCancellationType, proxyActivities } from '@temporalio/workflow';
import type { ClaimActivities } from '../../activities/claims/contract.js';
import type { CleanupActivities } from '../../activities/cleanup/contract.js';
import type { DirectVolumeActivities } from '../../activities/direct-volumes/contract.js';
import type { HookActivities } from '../../activities/hooks/contract.js';
import type { LeftoverActivities } from '../../activities/plan/contract.js';
import type { CheckActivities } from '../../activities/reconcile/contract.js';
import type { RollbackActivities } from '../../activities/rollback/contract.js';
import type { RunActivities } from '../../activities/run/contract.js';
import type { ScheduleActivities } from '../../activities/schedules/contract.js';
import type { StorageActivities } from '../../activities/storage/contract.js';
import type { VeleroActivities } from '../../activities/velero/contract.js';
import type { VolumeActivities } from '../../activities/volumes/contract.js';
import type { WorkloadActivities } from '../../activities/workloads/contract.js';
import { TASK_QUEUES } from '../../temporal/contract/task-queues.js';
import { heldUpWithoutLimit } from './held-up.js';

type TaskQueue = (typeof TASK_QUEUES)[keyof typeof TASK_QUEUES];

export type Activities = CheckActivities &
  ClaimActivities &
  CleanupActivities &
  DirectVolumeActivities &
  HookActivities &
  LeftoverActivities &
  RollbackActivities &
  RunActivities &
  ScheduleActivities &
  StorageActivities &
  VeleroActivities &
  VolumeActivities &
  WorkloadActivities;

/** Whether an error is worth a retry is decided where it is understood: activities mark the final ones non-retryable. */
const retry = { initialInterval: '250 milliseconds', backoffCoefficient: 2, maximumInterval: '10 seconds' } as const;
const heartbeatTimeout = '5 seconds';
/** Not the SDK's default, whatever its documentation says: an unwind must not begin beside an activity that is still at work. */
const cancellationType = ActivityCancellationType.WAIT_CANCELLATION_COMPLETED;

/** A short activity: given up after an hour, unless it waits for new credentials. `summary` is what the operator reads in the Temporal UI. */
export const shortActivity = (summary: string, taskQueue: TaskQueue = TASK_QUEUES.control): Activities =>
  heldUpWithoutLimit({
    taskQueue,
    startToCloseTimeout: '5 minutes',
    scheduleToCloseTimeout: '1 hour',
    heartbeatTimeout,
    cancellationType,
    retry,
    summary: summary.slice(0, 200),
  });

/** A wait: its patience is counted inside the activity, Temporal's time-outs only find dead workers. */
export const waitActivity = (summary: string, taskQueue: TaskQueue = TASK_QUEUES.wait): Activities =>
  proxyActivities<Activities>({
    taskQueue,
    startToCloseTimeout: '7 days',
    heartbeatTimeout,
    cancellationType,
    retry,
    summary: summary.slice(0, 200),
  });

/** Part of an unwind or of the record: never given up while the cluster or the database may come back. */
export const unboundedActivity = (summary: string, taskQueue: TaskQueue = TASK_QUEUES.control): Activities =>
  proxyActivities<Activities>({
    taskQueue,
    startToCloseTimeout: '1 hour',
    heartbeatTimeout,
    cancellationType,
    retry,
    summary: summary.slice(0, 200),
  });
