/**
 * `control`: workflows and short activities, those of the unwind included. `wait`: activities that wait, so that a hundred waits never starve
 * a cleanup.
 */
export const TASK_QUEUES = { control: 'control', wait: 'wait' } as const;
