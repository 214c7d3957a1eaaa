import { defineSignal } from '@temporalio/workflow';

/** To a reconciler: its object, or something it refers to, changed. Cancelling a migration needs no signal: it is Temporal's cancel. */
export const objectChanged = defineSignal('objectChanged');
