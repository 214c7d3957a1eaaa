import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { KubeObject } from '../../../resources/meta/kube-object.js';
import { LABELS } from '../../../resources/meta/labels.js';
import type { System } from '../system/system.js';
import { RESTLESS } from './restless-types.js';

/** Where clusters keep what is theirs, and migrations their helpers. */
const OF_EVERYBODY = /^(default|kube-.*|local-path-storage|openshift-migration)$/;

/** What comes and goes with other tests: the provisioner's pods, and policies made to refuse something. */
const OF_OTHER_TESTS = /^(Pod local-path-storage\/|ValidatingAdmissionPolicy(Binding)? )/;

/** Labels of what migrations make for themselves; each holds the uid of one of our objects. */
const OWNERS = [LABELS.helper, LABELS.migratedByPlan, 'migstorage'];

/**
 * All that users own of every object of one of a system's clusters, as canonical JSON by `Kind namespace/name`. What controllers made of
 * another object is left out, and so is what is of others and comes and goes: their namespaces with their volumes, and what other systems
 * keep in the clusters for their own migrations.
 *
 * @param namespaces those looked into beside the cluster's own
 */
export async function snapshot(
  system: System,
  side: 'source' | 'target',
  namespaces: readonly string[],
): Promise<Map<string, string>> {
  const cluster = system[side];
  const types = (await cluster.run(['api-resources', '--verbs=list', '-o', 'name']))
    .split('\n')
    .filter((type) => !RESTLESS.has(type));
  const [{ items }, owned] = await Promise.all([
    cluster.get<{ items: KubeObject[] }>(types.join(','), '-A'),
    system.mtc.get<{ items: KubeObject[] }>('migmigrations,migplans,migstorages', '-A'),
  ]);
  const uids = new Set(owned.items.map(({ metadata }) => metadata.uid));
  const isLookedInto = (object: KubeObject): boolean => {
    const namespace = placeOf(object);
    if (namespaces.includes(namespace)) return true;
    const owners = OWNERS.map((label) => object.metadata.labels?.[label]).filter((uid) => uid !== undefined);
    return OF_EVERYBODY.test(namespace) && owners.every((uid) => uids.has(uid));
  };
  const entries = items
    .filter(({ metadata }) => !metadata.ownerReferences?.some(({ controller }) => controller))
    .filter(isLookedInto)
    .map((object): [string, string] => [keyOf(object), userPart(object)])
    .filter(([key]) => !OF_OTHER_TESTS.test(key));
  return new Map(entries);
}

/** The namespace an object stands in or stands for; that of the cluster for the others. */
function placeOf({ kind, metadata, spec }: KubeObject): string {
  if (kind === 'Namespace') return metadata.name;
  if (kind === 'PersistentVolume') return spec.claimRef?.namespace ?? 'default';
  return metadata.namespace ?? 'default';
}

const keyOf = ({ kind, metadata }: KubeObject): string => `${kind} ${metadata.namespace ?? ''}/${metadata.name}`;

function userPart({ status: _, metadata, ...object }: KubeObject): string {
  const { uid, labels, annotations, finalizers } = metadata;
  const text = canonicalize({ ...object, metadata: { uid, labels, annotations, finalizers } }) ?? '';
  return object.kind === 'Secret' ? createHash('sha256').update(text).digest('hex') : text;
}

/** Keys of what came. */
export const cameIn = (before: Map<string, string>, after: Map<string, string>): string[] =>
  [...after.keys()].filter((key) => !before.has(key)).sort();

/** What was there before and is changed or gone, each as it was and as it is. */
export const changedIn = (
  before: Map<string, string>,
  after: Map<string, string>,
): Record<string, { before: string; after: string | undefined }> =>
  Object.fromEntries(
    [...before]
      .filter(([key, value]) => after.get(key) !== value)
      .map(([key, value]) => [key, { before: value, after: after.get(key) }]),
  );
