import canonicalize from 'canonicalize';
import { readObjects } from '../../../../activities/kit/read-objects.js';
import { hasEnded } from '../../../../activities/velero/until-ended.js';
import {
  BACKUP,
  BACKUP_STORAGE_LOCATION,
  DELETE_BACKUP_REQUEST,
  RESTORE,
} from '../../../../activities/velero/velero-objects.js';
import type { ApiType, ClusterClient } from '../../../../clusters/cluster-client.js';
import { waitForObject } from '../../../../clusters/wait-for.js';
import { type KubeObject, referenceOf } from '../../../../resources/meta/kube-object.js';
import { MIGRATION_NAMESPACE } from '../../../../resources/meta/labels.js';
import type { ClusterSide } from '../../../../resources/run/run-record.js';
import { WORKLOAD_KINDS } from '../../../../resources/workloads/workload-kinds.js';
import type { ActivityScene } from './activity-scene.js';
import { SIDES } from './sides.js';

const core = (kind: string): ApiType => ({ apiVersion: 'v1', kind });

/** Of the scene's namespaces. */
const NAMESPACED: readonly ApiType[] = [
  ...WORKLOAD_KINDS.map(({ apiVersion, kind }) => ({ apiVersion, kind })),
  ...['Pod', 'Service', 'Secret', 'ConfigMap', 'PersistentVolumeClaim'].map(core),
  { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy' },
  { apiVersion: 'apps/v1', kind: 'ControllerRevision' },
];
/** Of the namespace that all share. */
const SHARED: readonly ApiType[] = [
  BACKUP,
  RESTORE,
  BACKUP_STORAGE_LOCATION,
  DELETE_BACKUP_REQUEST,
  core('Secret'),
  core('ConfigMap'),
  { apiVersion: 'batch/v1', kind: 'Job' },
];
const MADE_BY_CLUSTERS = /^kube-root-ca\.crt$/;

export const isTraceOf = (scene: ActivityScene, { metadata }: KubeObject): boolean =>
  scene.traces.some((trace) => metadata.name.includes(trace));

/** What a scene has left outside of its namespaces. */
export async function listTraces(scene: ActivityScene, client: ClusterClient): Promise<KubeObject[]> {
  const objects = await listAll(client, SHARED, MIGRATION_NAMESPACE);
  return objects.filter((object) => isTraceOf(scene, object));
}

async function listAll(client: ClusterClient, types: readonly ApiType[], namespace: string): Promise<KubeObject[]> {
  const lists = await readObjects(client, types, { namespaces: [namespace], signal: AbortSignal.timeout(60_000) });
  return lists.flatMap(({ type: { apiVersion, kind }, objects }) =>
    objects.map((object) => ({ ...object, apiVersion, kind })),
  );
}

/**
 * All that a run has touched, as canonical JSON by `side Kind namespace/name`: objects of both clusters without what their API servers and
 * controllers choose, what the run recorded as created, and its facts. Two scenes of one play end alike when these are equal.
 */
export async function endState(scene: ActivityScene): Promise<Record<string, string>> {
  const { run, lab } = scene;
  const state: Record<string, string> = {};
  for (const side of SIDES) {
    for (const object of await objectsOf(scene, side)) {
      const { kind, metadata } = object;
      const key = anonymous(scene, `${side} ${kind} ${metadata.namespace ?? ''}/${metadata.name}`);
      state[key] = anonymous(scene, canonicalize(lastingPart(object)) ?? '');
    }
  }
  const created = await lab.temporary.sql<{ line: string }>(
    `SELECT kind || ' ' || namespace || '/' || name AS line FROM created_objects WHERE run_uid = $1`,
    [run.uid],
  );
  state.created = anonymous(scene, canonicalize(created.map(({ line }) => line).sort()) ?? '');
  const { facts = {} } = (await lab.temporary.store.runs.get(run)) ?? {};
  state.facts = canonicalize(Object.keys(facts).sort()) ?? '';
  return state;
}

async function objectsOf(scene: ActivityScene, side: ClusterSide): Promise<KubeObject[]> {
  const [client, namespace] = [scene[side], scene.namespace[side]];
  const outside = await listTraces(scene, client);
  const settled = await Promise.all(outside.map((object) => untilSettled(client, object)));
  const [there, inside, volumes] = await Promise.all([
    client.get({ ...core('Namespace'), name: namespace }),
    listAll(client, NAMESPACED, namespace),
    client.list(core('PersistentVolume')),
  ]);
  return [
    ...(there ? [there] : []),
    ...inside.filter(
      ({ metadata }) =>
        !metadata.ownerReferences?.some(({ controller }) => controller) && !MADE_BY_CLUSTERS.test(metadata.name),
    ),
    ...volumes.items.filter(({ spec }) => spec.claimRef?.namespace === namespace),
    ...settled,
  ];
}

/** Velero fills in the spec of what it takes up, and brings objects. */
async function untilSettled(client: ClusterClient, object: KubeObject): Promise<KubeObject> {
  if (object.kind !== BACKUP.kind && object.kind !== RESTORE.kind) return object;
  return waitForObject(client, referenceOf(object), hasEnded, { signal: AbortSignal.timeout(60_000) });
}

/** What clusters and controllers write by themselves. */
const CHOSEN_METADATA = /^(deployment\.kubernetes\.io|pv\.kubernetes\.io|volume\.(beta\.)?kubernetes\.io|velero\.io)\//;

function lastingPart({ apiVersion, kind, metadata, spec, data, type, secrets: _, status: __, ...rest }: KubeObject) {
  const { name, labels, annotations, finalizers, deletionTimestamp } = metadata;
  return {
    apiVersion,
    kind,
    metadata: {
      name,
      labels: withoutChosen(labels),
      annotations: withoutChosen(annotations),
      finalizers,
      isBeingDeleted: deletionTimestamp !== undefined,
    },
    type,
    ...rest,
    spec: kind === 'Namespace' ? undefined : lastingSpec(kind, spec),
    // Keys are generated for each run.
    data: kind === 'Secret' ? Object.keys(data ?? {}) : data,
  };
}

const withoutChosen = (entries: Record<string, string> = {}): Record<string, string> =>
  Object.fromEntries(Object.entries(entries).filter(([key]) => !CHOSEN_METADATA.test(key)));

function lastingSpec(kind: string, spec: KubeObject['spec']): unknown {
  switch (kind) {
    case 'Service': {
      const { clusterIP: _, clusterIPs: __, ports = [], ...others } = spec;
      return { ...others, ports: ports.map(({ nodePort: ___, ...port }: { nodePort?: number }) => port) };
    }
    case 'PersistentVolume': {
      const { namespace, name } = spec.claimRef ?? {};
      return { ...spec, claimRef: { namespace, name } };
    }
    default:
      return spec;
  }
}

/** Without what differs from scene to scene. */
export function anonymous(scene: ActivityScene, text: string): string {
  const { id, record } = scene;
  const names = [record.storage.uid, ...scene.traces, ...record.volumes.map(({ key }) => key)];
  return (
    [id, ...names]
      .reduce((shorter, name) => shorter.replaceAll(name, '<scene>'), text)
      // Hashes of names.
      .replaceAll(/(mtc-[a-z-]+-<scene>-)[0-9a-f]{8}/g, '$1<hash>')
      .replaceAll(/"name":"ENDPOINT_PORT","value":"\d+"/g, '"name":"ENDPOINT_PORT"')
      // Of the content, which names the scene.
      .replaceAll(/(content-hash":")[0-9a-f]{64}/g, '$1<hash>')
      .replaceAll(/kube-api-access-\w{5}/g, 'kube-api-access')
      .replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '<uid>')
  );
}
