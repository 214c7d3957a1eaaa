import type { KubeObject, OwnerReference } from '../../resources/meta/kube-object.js';
import { API_VERSION, LABELS, PART_OF } from '../../resources/meta/labels.js';
import { directVolumeName, labelValue, volumeProgressName } from '../../resources/run/names.js';
import type { RunCluster, RunRecord, RunRef, RunVolume } from '../../resources/run/run-record.js';

/** The DirectVolumeMigration that shows the copies of a migration, as MTC's controller would have made it. */
export function shownMigration(run: RunRef, record: RunRecord): KubeObject {
  const { namespace, name, uid } = run;
  return {
    apiVersion: API_VERSION,
    kind: 'DirectVolumeMigration',
    metadata: {
      namespace,
      name: directVolumeName(run),
      labels: {
        [LABELS.partOf]: PART_OF,
        [LABELS.directVolume]: uid,
        [LABELS.migrationUid]: uid,
        [LABELS.migrationName]: labelValue(name),
        [LABELS.planName]: labelValue(record.plan.name),
      },
      ownerReferences: [{ apiVersion: API_VERSION, kind: 'MigMigration', name, uid }],
    },
    spec: {
      srcMigClusterRef: referenceTo(record.source),
      destMigClusterRef: referenceTo(record.target),
      persistentVolumeClaims: record.volumes.map(claimSpec),
      createDestinationNamespaces: true,
      deleteProgressReportingCRs: false,
      backOffLimit: record.settings.rsync.backoffLimit,
      migrationType: record.itinerary,
    },
  };
}

const claimSpec = ({ source, target, verify }: RunVolume) => ({
  name: source.claim,
  namespace: source.namespace,
  targetName: target.claim,
  targetNamespace: target.namespace,
  targetStorageClass: target.storageClass,
  targetAccessModes: target.accessModes,
  targetVolumeMode: target.volumeMode,
  verify,
});

/** The DirectVolumeMigrationProgress of one volume. */
export function shownProgress(
  run: RunRef,
  record: RunRecord,
  volume: Pick<RunVolume, 'key' | 'source'>,
  owner: KubeObject,
): KubeObject {
  return {
    apiVersion: API_VERSION,
    kind: 'DirectVolumeMigrationProgress',
    metadata: {
      namespace: run.namespace,
      name: volumeProgressName(run, volume.key),
      labels: { [LABELS.partOf]: PART_OF, [LABELS.directVolumeMigration]: owner.metadata.uid ?? '' },
      ownerReferences: [ownerReference(owner)],
    },
    spec: {
      clusterRef: referenceTo(record.source),
      podSelector: { [LABELS.helper]: run.uid, [LABELS.helperVolume]: volume.key },
      podNamespace: volume.source.namespace,
    },
  };
}

const ownerReference = ({ apiVersion, kind, metadata }: KubeObject): OwnerReference => ({
  apiVersion,
  kind,
  name: metadata.name,
  uid: metadata.uid ?? '',
});

const referenceTo = ({ name, namespace }: RunCluster) => ({ name, namespace });
