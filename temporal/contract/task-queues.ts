/** `control`: workflows and short deeds, unwinding among them. `wait`: activities that wait, so that a hundred waits never starve a cleanup. */
export const TASK_QUEUES = { control: 'control', wait: 'wait' } as const;
