import { defineSignal } from '@temporalio/workflow';

/** To the root workflow: unwind and end as Canceled. */
export const cancelMigration = defineSignal<[{ reason: 'spec.canceled' | 'deleted' }]>('cancelMigration');

/** To a reconciler: something it depends on changed. */
export const objectChanged = defineSignal('objectChanged');
