import { shortUid } from '../../resources/names.js';
import type { RunRef } from '../../resources/run-record.js';

/** Readable, stable ids; the same in REST, logs and the Temporal UI. */
export const migrationWorkflowId = (run: Pick<RunRef, 'namespace' | 'name' | 'uid'>): string =>
  `migration/${run.namespace}/${run.name}/${shortUid(run.uid)}`;

export const stepWorkflowId = (run: RunRef, step: string): string => `${migrationWorkflowId(run)}/${step}`;

export const volumeWorkflowId = (run: RunRef, step: string, volumeId: string): string =>
  `${stepWorkflowId(run, step)}/${volumeId}`;

export const recoverWorkflowId = (run: Pick<RunRef, 'namespace' | 'name' | 'uid'>): string =>
  `recover/${run.namespace}/${run.name}/${shortUid(run.uid)}`;

export const reconcileWorkflowId = (kind: string, namespace: string, name: string): string =>
  `reconcile/${kind}/${namespace}/${name}`;
