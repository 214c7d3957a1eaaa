import { Worker, type WorkerOptions } from '@temporalio/worker';
import { TASK_QUEUES } from '../../../temporal/contract/task-queues.js';

/** A worker for each task queue on which nothing but activities runs. */
export const workersOfActivities = (common: Omit<WorkerOptions, 'taskQueue'>): Promise<Worker[]> =>
  Promise.all(
    Object.values(TASK_QUEUES)
      .filter((queue) => queue !== TASK_QUEUES.control)
      .map((taskQueue) => Worker.create({ ...common, taskQueue })),
  );
