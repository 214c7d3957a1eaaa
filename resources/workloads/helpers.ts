import type { KubeObject } from '../meta/kube-object.js';
import { LABELS } from '../meta/labels.js';
import { shortUid } from '../run/names.js';
import { controllerOf } from './ownership.js';
import { WORKLOAD_KINDS } from './workload-kinds.js';

/** uid of the run that an object says it is a helper of. */
export const helperUidOf = ({ metadata }: Pick<KubeObject, 'metadata'>): string | undefined =>
  metadata.labels?.[LABELS.helper];

/**
 * Whether an object is a helper of ours. The label alone does not tell: everybody can write it, and what carries it would be neither halted
 * nor waited for. A helper is of a run that is recorded; of the kinds that keep pods runs make nothing but Jobs, by names that tell the run
 * (who copies the manifest of one has the label, but a name of its own), and pods of theirs belong to these or to no controller.
 *
 * @param runs uids of runs that this service has recorded
 */
export function isHelper(object: KubeObject, runs: ReadonlySet<string>): boolean {
  const uid = helperUidOf(object);
  if (uid === undefined || !runs.has(uid)) return false;
  const controller = controllerOf(object);
  if (object.kind === 'Pod') return !controller || (controller.kind === 'Job' && isNamedFor(uid, controller.name));
  if (controller) return false;
  return object.kind === 'Job' ? isNamedFor(uid, object.metadata.name) : !KEEPS_PODS.has(object.kind);
}

const isNamedFor = (uid: string, name: string): boolean =>
  name.startsWith('mtc-') && name.includes(`-${shortUid(uid)}`);

const KEEPS_PODS: ReadonlySet<string> = new Set(WORKLOAD_KINDS.map(({ kind }) => kind));

/** Labels of the pods that a workload makes. */
export const templateLabelsOf = ({ spec }: KubeObject): Record<string, string> =>
  (spec?.template ?? spec?.jobTemplate?.spec?.template)?.metadata?.labels ?? {};
