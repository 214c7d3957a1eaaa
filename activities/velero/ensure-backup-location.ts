import canonicalize from 'canonicalize';
import type { CallOptions, ClusterClient } from '../../clusters/cluster-client.js';
import { isNotFound } from '../../clusters/kubernetes-api-error.js';
import { waitForObject } from '../../clusters/wait-for.js';
import type { StorageAccess } from '../../object-storage/object-store.js';
import { cutText } from '../../resources/meta/cut-text.js';
import { FAILURE, StepFailure } from '../../resources/meta/failure.js';
import { type KubeObject, referenceOf } from '../../resources/meta/kube-object.js';
import { MIGRATION_NAMESPACE } from '../../resources/meta/labels.js';
import { mergePatchBetween } from '../../resources/meta/merge-patch.js';
import { refuseForeign } from '../kit/create-own.js';
import { backupLocationManifests } from './backup-location-manifest.js';

export interface LocationState {
  phase: 'Available' | 'Unavailable';
  /** Velero's own words, when it is unavailable. */
  message?: string;
}

/**
 * Puts a MigStorage on a cluster as BackupStorageLocation with its Secret, and resolves with the phase that cluster's Velero gives it.
 * Reads two objects and writes nothing when all is right already.
 *
 * There is no time limit but the signal: without a running Velero there is no answer.
 *
 * @throws StepFailure NotFound when Velero is not installed, NotYetSupported for providers other than aws
 */
export async function ensureBackupLocation(
  client: ClusterClient,
  access: StorageAccess,
  storageUid: string,
  options: CallOptions = {},
): Promise<LocationState> {
  const { location, secret } = backupLocationManifests(access, storageUid);
  try {
    const secretWritten = await putSecret(client, secret, options);
    const asked = await putLocation(client, location, secretWritten, options);
    const { status } = await waitForObject(client, referenceOf(asked), (object) => object.status?.phase, options);
    return { phase: status.phase, ...(status.message && { message: cutText(String(status.message)) }) };
  } catch (error) {
    throw isNotFound(error) ? veleroMissing(client, error) : error;
  }
}

async function putSecret(client: ClusterClient, secret: KubeObject, options: CallOptions): Promise<boolean> {
  const { object, created } = await client.createIfAbsent(secret, options);
  if (created) return true;
  refuseForeign(client, object, secret);
  if (canonicalize(object.data) === canonicalize(secret.data)) return false;
  await client.patch(referenceOf(secret), { data: secret.data }, options);
  return true;
}

/** The location as it is wanted, without a phase unless the one it has is still true. */
async function putLocation(
  client: ClusterClient,
  wanted: KubeObject,
  mustAsk: boolean,
  options: CallOptions,
): Promise<KubeObject> {
  const { object, created } = await client.createIfAbsent(wanted, options);
  if (created) return object;
  refuseForeign(client, object, wanted);
  const { validationFrequency, ...spec } = object.spec;
  const change = mergePatchBetween(spec, wanted.spec);
  if (!change && !mustAsk && object.status?.phase === 'Available') return object;
  return client.patch(
    referenceOf(wanted),
    { spec: { ...change, validationFrequency: otherFrequency(validationFrequency) }, status: null },
    options,
  );
}

/** Velero checks a location at once when its spec changes, and otherwise once a minute. Changing its period by a second triggers a check now. */
const otherFrequency = (frequency: string | undefined): string => (frequency === '1m1s' ? '1m0s' : '1m1s');

const veleroMissing = (client: ClusterClient, cause: unknown): StepFailure =>
  new StepFailure(
    {
      type: FAILURE.NotFound,
      what: 'Velero is not installed',
      where: `cluster ${client.name}, namespace ${MIGRATION_NAMESPACE}`,
      why: cause instanceof Error ? cause.message : String(cause),
      next: `Install Velero with its AWS plugin into namespace ${MIGRATION_NAMESPACE} of this cluster.`,
    },
    { cause },
  );
