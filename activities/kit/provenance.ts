import { type KubeObject, referenceOf } from '../../resources/meta/kube-object.js';
import { LABELS } from '../../resources/meta/labels.js';
import type { CreatedObject } from '../../resources/run/created-object.js';
import type { RunRecord } from '../../resources/run/run-record.js';

/** Labels by which a rollback knows what a run brought to the target. A DirectVolumeMigration that a user created belongs to no plan. */
export const provenanceLabels = ({ plan, migration }: RunRecord): Record<string, string> =>
  migration.kind === 'DirectVolumeMigration'
    ? { [LABELS.migratedByDirectVolumeMigration]: migration.uid }
    : { [LABELS.migratedByPlan]: plan.uid, [LABELS.migratedByMigration]: migration.uid };

/** Whether this very run made the object. */
export const isMadeByRun = ({ metadata }: KubeObject, record: RunRecord): boolean =>
  Object.entries(provenanceLabels(record)).every(([label, uid]) => metadata.labels?.[label] === uid);

/** Whether a run of the same plan made the object. */
export const isMadeByPlan = (object: KubeObject, record: RunRecord): boolean =>
  isMadeByRun(object, record) || object.metadata.labels?.[LABELS.migratedByPlan] === record.plan.uid;

/** What is recorded of an object on the target that a run made. */
export const createdOnTarget = ({ target }: Pick<RunRecord, 'target'>, object: KubeObject): CreatedObject => ({
  cluster: target.uid,
  ...referenceOf(object),
  uid: object.metadata.uid ?? '',
});
