import { shortUid } from '../../resources/run/names.js';
import { type RunKind, type RunRef } from '../../resources/run/run-record.js';

type RunIdentity = Omit<RunRef, 'attempt'>;

/** The root workflow of each kind that is run. */
export const ROOT_WORKFLOWS = {
  MigMigration: 'migration',
  DirectVolumeMigration: 'directVolumeMigration',
} as const satisfies Record<RunKind, string>;

/** Of a run's root workflow. Ids are readable and stable; the same in REST, logs and the Temporal UI. */
export const migrationWorkflowId = (run: RunIdentity): string =>
  `${ROOT_WORKFLOWS[run.kind].toLowerCase()}/${run.namespace}/${run.name}/${shortUid(run.uid)}`;

export const stepWorkflowId = (run: RunRef, step: string): string => `${migrationWorkflowId(run)}/${step}`;

export const volumeWorkflowId = (run: RunRef, step: string, volumeId: string): string =>
  `${stepWorkflowId(run, step)}/${volumeId}`;

export const recoverWorkflowId = (run: RunIdentity): string =>
  `recover/${run.namespace}/${run.name}/${shortUid(run.uid)}`;

export const reconcileWorkflowId = (kind: string, namespace: string, name: string): string =>
  `reconcile/${kind}/${namespace}/${name}`;

export const sweepWorkflowId = (namespace: string, plan: string): string => `sweep/${namespace}/${plan}`;

export const removePlanWorkflowId = (plan: Omit<RunIdentity, 'kind'>): string =>
  `remove-plan/${plan.namespace}/${plan.name}/${shortUid(plan.uid)}`;

export const removeStorageWorkflowId = (storage: Omit<RunIdentity, 'kind'>): string =>
  `remove-storage/${storage.namespace}/${storage.name}/${shortUid(storage.uid)}`;

/** Of the Temporal Schedule that starts the stage migrations of a MigSchedule. */
export const scheduleId = (namespace: string, name: string): string => `schedule/${namespace}/${name}`;

/** Of the one that starts its planned cutover. */
export const cutoverScheduleId = (namespace: string, name: string): string => `${scheduleId(namespace, name)}/cutover`;

/** Of the workflows these start; Temporal adds the time of the action. */
export const scheduledWorkflowId = (namespace: string, name: string, cutover: boolean): string =>
  `scheduled/${namespace}/${name}${cutover ? '/cutover' : ''}`;
