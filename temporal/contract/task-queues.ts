/**
 * `control`: workflows and short activities, those of the unwind included. `wait`: activities that wait, so that a hundred waits never starve
 * a cleanup. `transfers`: all that is done for one volume, and `checks`: those of objects, so that neither many volumes nor slow clusters take
 * the place of what another migration's downtime depends on.
 */
export const TASK_QUEUES = { control: 'control', wait: 'wait', transfers: 'transfers', checks: 'checks' } as const;
