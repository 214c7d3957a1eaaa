import pLimit from 'p-limit';
import { FAILURE, StepFailure } from '../../resources/meta/failure.js';
import { describeReference, type KubeObject, referenceOf } from '../../resources/meta/kube-object.js';
import { ANNOTATIONS } from '../../resources/meta/labels.js';
import { beingDeleted, RESCUE } from '../../resources/plan/volumes/being-deleted.js';
import { isWithinOneCluster, type RunRecord } from '../../resources/run/run-record.js';
import { CONCURRENCY } from '../kit/concurrency.js';
import type { RunClient } from '../kit/dependencies.js';
import { patchNewest } from '../kit/patch-newest.js';
import { sourceNamespaces } from './list-workloads.js';

const CLAIM = { apiVersion: 'v1', kind: 'PersistentVolumeClaim' } as const;
const VOLUME = { apiVersion: 'v1', kind: 'PersistentVolume' } as const;
const RETAIN = 'Retain';

interface Held {
  claims: KubeObject[];
  volumes: KubeObject[];
}

/**
 * Makes the source's volumes outlive their claims before the application is halted: what a claim is deleted with is the end of its last
 * pod, and whoever deletes one while the application is down must not delete the data. The policy each had is noted on it.
 *
 * @throws StepFailure Refused, with nothing changed, when something of the application's data is being deleted already
 */
export async function retainSourceVolumes(client: RunClient, record: RunRecord, signal: AbortSignal): Promise<void> {
  const held = await readHeld(client, record, signal);
  const namespaces = await inNamespaces(record, (name) =>
    client.get({ apiVersion: 'v1', kind: 'Namespace', name }, { signal }),
  );
  const goes = beingDeleted({ ...held, namespaces: namespaces.flatMap((found) => found ?? []) });
  if (goes.length > 0) throw wouldBeDeleted(client, goes);
  await patchAll(client, held.volumes, signal, ({ metadata, spec }) => {
    const policy: string | undefined = spec?.persistentVolumeReclaimPolicy;
    if (policy === undefined || policy === RETAIN) return undefined;
    return {
      metadata: {
        resourceVersion: metadata.resourceVersion,
        annotations: { [ANNOTATIONS.preQuiesceReclaimPolicy]: policy },
      },
      spec: { persistentVolumeReclaimPolicy: RETAIN },
    };
  });
}

/**
 * Gives the source's volumes their reclaim policies back; one whose claim has gone or goes keeps Retain, since it would be deleted with its data.
 *
 * @returns the volumes that keep it
 */
export async function releaseSourceVolumes(
  client: RunClient,
  record: RunRecord,
  signal: AbortSignal,
): Promise<string[]> {
  const { items } = await client.list(VOLUME, { signal });
  const namespaces = new Set(sourceNamespaces(record));
  const noted = items.filter(
    ({ metadata, spec }) =>
      metadata.annotations?.[ANNOTATIONS.preQuiesceReclaimPolicy] !== undefined &&
      namespaces.has(spec?.claimRef?.namespace),
  );
  if (noted.length === 0) return [];
  const { claims } = await readHeld(client, record, signal);
  const stays = new Set(
    claims.filter(({ metadata }) => metadata.deletionTimestamp === undefined).map(({ metadata }) => metadata.uid),
  );
  const isSafe = ({ metadata, spec }: KubeObject): boolean =>
    metadata.deletionTimestamp === undefined && stays.has(spec?.claimRef?.uid);
  await patchAll(client, noted.filter(isSafe), signal, ({ metadata }) => {
    const policy = metadata.annotations?.[ANNOTATIONS.preQuiesceReclaimPolicy];
    if (policy === undefined) return undefined;
    return {
      metadata: {
        resourceVersion: metadata.resourceVersion,
        annotations: { [ANNOTATIONS.preQuiesceReclaimPolicy]: null },
      },
      spec: { persistentVolumeReclaimPolicy: policy },
    };
  });
  return noted.filter((volume) => !isSafe(volume)).map((volume) => describeReference(referenceOf(volume)));
}

/** Of a conversion: the claims it copies into are in the same namespaces, and their volumes are kept by other means. */
const isMadeByRun = ({ metadata }: KubeObject, record: RunRecord): boolean =>
  isWithinOneCluster(record) &&
  record.volumes.some(({ target }) => target.namespace === metadata.namespace && target.claim === metadata.name);

async function readHeld(client: RunClient, record: RunRecord, signal: AbortSignal): Promise<Held> {
  const lists = await inNamespaces(record, (namespace) => client.list(CLAIM, { namespace, signal }));
  const claims = lists.flatMap(({ items }) => items).filter((claim) => !isMadeByRun(claim, record));
  const limited = pLimit(CONCURRENCY.objects);
  const names = claims.flatMap(({ spec }): string[] => (spec?.volumeName ? [spec.volumeName] : []));
  const volumes = await Promise.all(names.map((name) => limited(() => client.get({ ...VOLUME, name }, { signal }))));
  return { claims, volumes: volumes.flatMap((volume) => volume ?? []) };
}

const inNamespaces = <Found>(record: RunRecord, read: (namespace: string) => Promise<Found>): Promise<Found[]> =>
  Promise.all(sourceNamespaces(record).map(read));

async function patchAll(
  client: RunClient,
  volumes: readonly KubeObject[],
  signal: AbortSignal,
  change: Parameters<typeof patchNewest>[2],
): Promise<void> {
  const limited = pLimit(CONCURRENCY.objects);
  await Promise.all(volumes.map((volume) => limited(() => patchNewest(client, volume, change, { signal }))));
}

const wouldBeDeleted = (client: RunClient, goes: readonly string[]): StepFailure =>
  new StepFailure({
    type: FAILURE.Refused,
    what: 'The application was not halted: its data would be deleted with its last pod',
    where: `cluster ${client.name}`,
    why: `Being deleted: ${goes.join(', ')}.`,
    next: `${RESCUE} Then start the migration again.`,
  });
