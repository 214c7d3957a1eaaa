import type { ClusterClient } from '../../clusters/cluster-client.js';
import { describeReference, type KubeObject, referenceOf } from '../../resources/meta/kube-object.js';
import { LABELS } from '../../resources/meta/labels.js';
import { mergePatchBetween } from '../../resources/meta/merge-patch.js';
import type { RunRecord, RunRef } from '../../resources/run/run-record.js';
import { namespaceMapping } from '../../resources/transforms/namespace-references.js';
import { nodePortsOf } from '../../resources/transforms/node-ports.js';
import {
  CLUSTER_ADDRESSES,
  dropFinalizers,
  haltWorkloads,
  labelEverything,
  type ModifierRule,
  namesByNamespace,
  patchObjects,
  type ResourceModifiers,
} from '../../resources/transforms/resource-modifiers.js';
import { NOTHING_TO_MERGE } from '../../resources/transforms/service-accounts.js';
import {
  kindsToTransform,
  type TransformContext,
  transformObject,
} from '../../resources/transforms/transform-object.js';
import type { RunClient } from '../kit/dependencies.js';
import { readObjects } from '../kit/read-objects.js';
import { sourceNamespaces, targetNamespaces } from '../workloads/list-workloads.js';
import { findLeftBehind } from './left-behind.js';

interface Clusters {
  source: RunClient;
  target: ClusterClient;
}

/** Role of what arrives only because Velero cannot leave it out, and is removed before anything starts. */
export const STRAY_ROLE = 'stray';

/**
 * All that changes on the way, from what both clusters hold now.
 *
 * @param targetIsReady resolves when the target namespaces are there and hold nothing of runs that were given up
 * @param adopted workloads of the source that others had halted and the run starts
 */
export async function restoreModifiers(
  run: RunRef,
  record: RunRecord,
  backup: string,
  clusters: Clusters,
  targetIsReady: Promise<unknown>,
  signal: AbortSignal,
  adopted: readonly KubeObject[] = [],
): Promise<ResourceModifiers> {
  const [perObject, strays, accounts] = await Promise.all([
    objectRules(record, clusters, adopted, signal),
    strayRules(run, record, clusters.source, signal),
    targetIsReady.then(() => accountRules(record, clusters.target, signal)),
  ]);
  return {
    version: 'v1',
    resourceModifierRules: [
      labelEverything({
        [LABELS.migratedByPlan]: record.plan.uid,
        [LABELS.migratedByMigration]: run.uid,
        [LABELS.migratedByBackup]: backup,
      }),
      dropFinalizers(),
      ...(record.does.halts ? haltWorkloads() : []),
      ...CLUSTER_ADDRESSES,
      ...perObject,
      ...accounts,
      ...strays,
    ],
  };
}

/** One rule for each object that its own content makes change. */
async function objectRules(
  record: RunRecord,
  { source, target }: Clusters,
  adopted: readonly KubeObject[],
  signal: AbortSignal,
): Promise<ModifierRule[]> {
  const { items: services } = await target.list({ apiVersion: 'v1', kind: 'Service' }, { signal });
  const context: TransformContext = {
    sourceNamespaces: sourceNamespaces(record),
    namespaces: namespaceMapping(record.namespaces),
    halts: record.does.halts,
    volumes: record.volumes,
    skippedVolumes: record.skippedVolumes,
    adopted: {
      planUid: record.plan.uid,
      workloads: new Set(adopted.map((object) => describeReference(referenceOf(object)))),
    },
    takenNodePorts: new Set(services.filter((service) => !isOurs(service, record)).flatMap(nodePortsOf)),
  };
  const scope = { namespaces: sourceNamespaces(record), signal };
  const found = await readObjects(source, kindsToTransform(context), scope);
  return found.flatMap(({ type, objects }) =>
    objects.flatMap((object) => {
      const patch = mergePatchBetween(object, transformObject(object, context));
      const { namespace, name } = object.metadata;
      return patch ? [patchObjects({ groupResource: type.groupResource, namespace }, [name], patch)] : [];
    }),
  );
}

/** ServiceAccounts the target had before us are not merged into; those of a namespace made by us are ours to complete. */
async function accountRules(record: RunRecord, target: ClusterClient, signal: AbortSignal): Promise<ModifierRule[]> {
  const [accounts, ...namespaces] = await Promise.all([
    readObjects(target, [{ apiVersion: 'v1', kind: 'ServiceAccount' }], {
      namespaces: targetNamespaces(record),
      signal,
    }),
    ...targetNamespaces(record).map((name) => target.get({ apiVersion: 'v1', kind: 'Namespace', name }, { signal })),
  ]);
  const ourNamespaces = new Set(
    namespaces.filter((namespace) => isOurs(namespace, record)).map((namespace) => namespace?.metadata.name),
  );
  const foreign = accounts
    .flatMap(({ objects }) => objects)
    .filter((account) => !isOurs(account, record) && !ourNamespaces.has(account.metadata.namespace));
  const sourceOf = new Map(record.namespaces.map(({ source, target: to }) => [to, source]));
  return [...namesByNamespace(foreign)].map(([namespace = '', names]) =>
    patchObjects({ groupResource: 'serviceaccounts', namespace: sourceOf.get(namespace) }, names, NOTHING_TO_MERGE),
  );
}

async function strayRules(
  run: RunRef,
  record: RunRecord,
  source: RunClient,
  signal: AbortSignal,
): Promise<ModifierRule[]> {
  const { objects } = await findLeftBehind(source, record, signal);
  const labels = { [LABELS.helper]: run.uid, [LABELS.helperRole]: STRAY_ROLE };
  return objects.flatMap(({ kind, objects: strays }) =>
    [...namesByNamespace(strays)].map(([namespace, names]) =>
      patchObjects({ groupResource: kind.groupResource, namespace }, names, { metadata: { labels } }),
    ),
  );
}

/** Made by a run of the plan. */
const isOurs = (object: KubeObject | undefined, { plan }: RunRecord): boolean =>
  object?.metadata.labels?.[LABELS.migratedByPlan] === plan.uid;
