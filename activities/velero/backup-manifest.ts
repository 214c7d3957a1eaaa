import type { KubeObject } from '../../resources/meta/kube-object.js';
import { ANNOTATIONS, LABELS } from '../../resources/meta/labels.js';
import type { RunRecord } from '../../resources/run/run-record.js';
import { sourceNamespaces } from '../workloads/list-workloads.js';
import { backupLocationName } from './backup-location-manifest.js';
import { BACKUP, inVelero, runLabels } from './velero-objects.js';

/** As in MTC: long enough to look into a failure, and an end for what is never removed. */
const TIME_TO_LIVE = '720h0m0s';

/** Volumes and images travel by other ways; revisions and builds belong to what was done with the objects, not to the objects. */
const NEVER_BACKED_UP = [
  'imagestreams',
  'persistentvolumes',
  'persistentvolumeclaims',
  'controllerrevisions.apps',
  'builds.build.openshift.io',
];

/** The Backup of a run's objects, as MTC makes it. */
export function backupManifest(
  name: string,
  record: RunRecord,
  {
    includedResources,
    leftBehind,
    reclaimPolicies,
    helpersOf,
  }: {
    /** `plural.group`; empty for all. */
    includedResources: string[];
    /** Types that stay behind beside those that always do. */
    leftBehind: string[];
    /** Of the volumes that are copied. */
    reclaimPolicies: string[];
    /** uids of runs whose helpers are in the namespaces, or will be: they stay behind. */
    helpersOf: string[];
  },
): KubeObject {
  const { namespace } = inVelero(BACKUP, name);
  const { matchLabels, matchExpressions = [] } = record.labelSelector ?? {};
  const excludedResources = [...new Set([...NEVER_BACKED_UP, ...record.excludedResources, ...leftBehind])];
  return {
    ...BACKUP,
    metadata: {
      name,
      namespace,
      labels: runLabels(record, 'initialBackup'),
      annotations: {
        [ANNOTATIONS.migrationType]: record.itinerary.toLowerCase(),
        ...(record.does.halts && { [ANNOTATIONS.quiescePods]: 'true' }),
        ...(reclaimPolicies.length > 0 && { [ANNOTATIONS.originalReclaimPolicy]: reclaimPolicies.join(',') }),
      },
    },
    spec: {
      storageLocation: backupLocationName(record.storage.uid),
      ttl: TIME_TO_LIVE,
      includedNamespaces: sourceNamespaces(record),
      includedResources: withoutExcluded(includedResources, excludedResources),
      excludedResources,
      // The helpers that copy the volumes at the same time stand in the same namespaces.
      labelSelector: {
        ...(matchLabels && { matchLabels }),
        matchExpressions: [...matchExpressions, { key: LABELS.helper, operator: 'NotIn', values: helpersOf }],
      },
      snapshotVolumes: false,
      defaultVolumesToFsBackup: false,
      hooks: { resources: [] },
    },
  };
}

/** Velero refuses a type in both lists, and takes an empty one for all types; namespaces are never restored from a Backup. */
function withoutExcluded(included: readonly string[], excluded: readonly string[]): string[] {
  const left = included.filter((name) => !excluded.includes(name));
  return included.length > 0 && left.length === 0 ? ['namespaces'] : left;
}

/** A finished Backup as it is put on the other cluster: with its status, since one without would be run there. */
export const backupCopy = ({ metadata, spec, status }: KubeObject): KubeObject => ({
  ...BACKUP,
  metadata: {
    name: metadata.name,
    namespace: metadata.namespace,
    labels: metadata.labels,
    annotations: metadata.annotations,
  },
  spec,
  status,
});
