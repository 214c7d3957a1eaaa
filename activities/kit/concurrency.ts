/** Calls to one cluster at a time: changes of workloads, which start or stop pods, and mere reads and removals. */
export const CONCURRENCY = { workloads: 8, objects: 16 } as const;
