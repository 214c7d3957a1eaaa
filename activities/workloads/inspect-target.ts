import type { ClusterClient } from '../../clusters/cluster-client.js';
import { FAILURE, StepFailure } from '../../resources/meta/failure.js';
import { describeReference, type KubeObject, referenceOf } from '../../resources/meta/kube-object.js';
import { listSome } from '../../resources/meta/listing.js';
import { haltedBeforeFindings } from '../../resources/plan/halted-before.js';
import {
  classesToProvision,
  DEFAULT_CLASS,
  DEVICE_CLAIMS,
  deviceClassesOf,
} from '../../resources/plan/missing-classes.js';
import { DOWN_ADVICE, DOWN_ON_TARGET, type OnTarget, onTargetFindings } from '../../resources/plan/on-target.js';
import { isWithinOneCluster, type RunRecord, type RunRef, type RunWarning } from '../../resources/run/run-record.js';
import { mapStorageClasses } from '../../resources/transforms/storage-classes.js';
import { isHalted } from '../../resources/workloads/quiesce.js';
import { type ActivityDependencies, clusterOf } from '../kit/dependencies.js';
import { ensureTargetNamespace } from '../kit/namespaces.js';
import { withPulse } from '../kit/pulse.js';
import { readObjects } from '../kit/read-objects.js';
import { asRunWarnings } from '../kit/run-warnings.js';
import { readClasses } from '../records/known-classes.js';
import { findOnTarget } from '../records/on-target.js';
import { type HaltedBefore, haltedBefore } from './halted-before.js';
import { listWorkloads, sourceWorkloads } from './list-workloads.js';
import { isChosen, travels } from './travels.js';

/** Names in a failure; the plan's conditions name all. */
const MOST = 20;

export async function inspectTarget(
  deps: ActivityDependencies,
  { run }: { run: RunRef },
): Promise<{ warnings: RunWarning[] }> {
  const record = await deps.store.runs.record(run);
  const [source, target] = await Promise.all([clusterOf(deps, record, 'source'), clusterOf(deps, record, 'target')]);
  // Each call has its own time limit, and Temporal that of the activity.
  const wait = { waitingFor: 'the list of what the target holds already', where: `cluster ${target.name}` };
  return withPulse(wait, async ({ signal }) => {
    for (const mapping of record.namespaces) await ensureTargetNamespace(deps, run, mapping, signal);
    const all = (await sourceWorkloads(source, record, signal)).filter((workload) => travels(record, workload));
    const before = await haltedBefore(deps, record.plan.uid, all);
    const running = [...all.filter((workload) => !isHalted(workload)), ...before.starts];
    const without = await unserved(target, running, signal);
    if (without.length > 0) throw notServed(target, without);
    const found = await lookAt({ source, target }, record, running, signal);
    if (found.down.length > 0) throw downOnTarget(target, found);
    await refuseWithoutClasses({ source, target }, record, running, signal);
    return { warnings: warningsOf(found, before, target.name) };
  });
}

async function lookAt(
  clients: { source: ClusterClient; target: ClusterClient },
  record: RunRecord,
  workloads: readonly KubeObject[],
  signal: AbortSignal,
): Promise<OnTarget> {
  // Within one cluster a namespace may be its own target.
  const namespaces = record.namespaces.filter((pair) => !isWithinOneCluster(record) || pair.source !== pair.target);
  const there = await listWorkloads(clients.target, { namespaces: namespaces.map((pair) => pair.target), signal });
  const brings = (object: KubeObject): boolean => isChosen(record, object);
  return findOnTarget(clients, { namespaces, planUid: record.plan.uid, workloads, there, brings, signal });
}

function warningsOf(found: OnTarget, before: HaltedBefore, targetCluster: string): RunWarning[] {
  return asRunWarnings([...onTargetFindings(found, targetCluster), ...haltedBeforeFindings(before)]);
}

/** Of claims that no volume of the run becomes, each needs its class; of the others none. Devices need theirs. */
async function refuseWithoutClasses(
  { source, target }: { source: ClusterClient; target: ClusterClient },
  record: RunRecord,
  workloads: readonly KubeObject[],
  signal: AbortSignal,
): Promise<void> {
  const classes = await readClasses(target, { signal });
  const known = new Set(classes.get('StorageClass'));
  if (!known.has(DEFAULT_CLASS) && (await hasVolumeWithoutClass(target, signal))) known.add(DEFAULT_CLASS);
  const devices = classes.get('DeviceClass') ?? new Set<string>();
  const scope = { namespaces: record.namespaces.map((mapping) => mapping.source), signal };
  const deviceClaims = (await readObjects(source, DEVICE_CLAIMS, scope)).flatMap(({ objects }) => objects);
  const coming = new Set(record.volumes.map(({ id }) => id));
  const targetOf = new Map(record.namespaces.map((mapping) => [mapping.source, mapping.target]));
  const refusals: string[] = [];
  for (const workload of workloads) {
    const claims = new Set<string>();
    if (workload.kind === 'StatefulSet') {
      const namespace = targetOf.get(workload.metadata.namespace ?? '');
      const { items } = await target.list({ apiVersion: 'v1', kind: 'PersistentVolumeClaim' }, { namespace, signal });
      for (const { metadata } of items) claims.add(metadata.name);
    }
    const missing = classesToProvision(
      mapStorageClasses(workload, record.volumes),
      ({ namespace, name }) => coming.has(`${namespace}/${name}`) || claims.has(name),
    ).filter((name) => !known.has(name));
    const title = describeReference(referenceOf(workload));
    if (missing.length > 0) refusals.push(`${title} asks for StorageClass ${missing.join(', ')}`);
    const without = deviceClassesOf(workload, deviceClaims).filter((name) => !devices.has(name));
    if (without.length > 0) refusals.push(`${title} asks for DeviceClass ${without.join(', ')}`);
  }
  if (refusals.length === 0) return;
  throw new StepFailure({
    type: FAILURE.Refused,
    what: 'Pods would wait for claims or devices that the target cannot provide, so nothing was halted',
    where: `cluster ${target.name}`,
    why: `${listSome(refusals, { most: MOST })}, which is not there.`,
    next: 'Create the classes named here on the target, or change the claim templates, and start the migration again.',
  });
}

/** Where there is no default class, claims that name none are bound to such a volume. */
async function hasVolumeWithoutClass(target: ClusterClient, signal: AbortSignal): Promise<boolean> {
  const { items } = await target.list({ apiVersion: 'v1', kind: 'PersistentVolume' }, { signal });
  return items.some(({ spec, status }) => status?.phase === 'Available' && !spec?.storageClassName);
}

/** Workloads of kinds that a cluster does not serve. */
export async function unserved(
  client: ClusterClient,
  workloads: readonly KubeObject[],
  signal?: AbortSignal,
): Promise<KubeObject[]> {
  const served = await Promise.all(workloads.map((workload) => client.resourceOf(workload, { signal })));
  return workloads.filter((_, index) => served[index] === undefined);
}

function notServed(target: ClusterClient, workloads: readonly KubeObject[]): StepFailure {
  const names = workloads.map((workload) => describeReference(referenceOf(workload)));
  return new StepFailure({
    type: FAILURE.Refused,
    what: 'The target cannot run what is running now, so nothing was halted',
    where: `cluster ${target.name}`,
    why: `It does not serve the kinds of ${listSome(names, { most: MOST })}.`,
    next: 'Install what serves them, or name the kinds in excluded_resources of MigrationController if they may stay down on the source, and start the migration again.',
  });
}

function downOnTarget(target: ClusterClient, { down, differing }: OnTarget): StepFailure {
  const besides =
    differing.length > 0
      ? ` Of another content than on the source, and left as they are: ${listSome(differing, { most: MOST })}.`
      : '';
  return new StepFailure({
    type: FAILURE.Refused,
    what: 'The target would not start what is running now, so nothing was halted',
    where: `cluster ${target.name}`,
    why: `There, ${DOWN_ON_TARGET}: ${listSome(down, { most: MOST })}.${besides}`,
    next: `${DOWN_ADVICE} Then start the migration again.`,
  });
}
