import type { ClusterClient } from '../../clusters/cluster-client.js';
import { waitForObject } from '../../clusters/wait-for.js';
import { FAILURE, StepFailure } from '../../resources/meta/failure.js';
import type { KubeObject } from '../../resources/meta/kube-object.js';
import { ANNOTATIONS } from '../../resources/meta/labels.js';
import type { RunRecord, RunRef } from '../../resources/run/run-record.js';
import { withoutPlaces } from '../../resources/transforms/cluster-rights.js';
import { type ActivityDependencies, clusterOf } from './dependencies.js';
import { createdOnTarget, isMadeByRun, provenanceLabels } from './provenance.js';

const NAMESPACE = { apiVersion: 'v1', kind: 'Namespace' } as const;

/**
 * Makes the target namespace with the labels and annotations of the source's (user id range, MCS labels, node selector …), but for those
 * that place it in its own cluster, when it is not there, and waits until pods can be made in it. An existing one stays as it is.
 *
 * @param namespace one of the record's mappings
 * @throws StepFailure NotFound when the source namespace is gone
 */
export async function ensureTargetNamespace(
  deps: ActivityDependencies,
  run: RunRef,
  namespace: { source: string; target: string },
  signal: AbortSignal,
): Promise<void> {
  const record = await deps.store.runs.record(run);
  const [source, target] = await Promise.all([clusterOf(deps, record, 'source'), clusterOf(deps, record, 'target')]);
  const found =
    (await target.get({ ...NAMESPACE, name: namespace.target }, { signal })) ??
    (await createNamespace(source, target, namespace, record, signal));
  // A repeated activity may find what its predecessor made and could not record.
  if (!isMadeByRun(found, record)) return;
  await deps.store.runs.recordCreated(run, [createdOnTarget(record, found)]);
  await waitForObject(
    target,
    { apiVersion: 'v1', kind: 'ServiceAccount', namespace: found.metadata.name, name: 'default' },
    () => true,
    { signal },
  );
}

async function createNamespace(
  source: ClusterClient,
  target: ClusterClient,
  { source: sourceName, target: name }: { source: string; target: string },
  record: RunRecord,
  signal: AbortSignal,
): Promise<KubeObject> {
  const original = await source.get({ ...NAMESPACE, name: sourceName }, { signal });
  if (!original) {
    throw new StepFailure({
      type: FAILURE.NotFound,
      what: `Namespace ${sourceName} is not there`,
      where: `cluster ${source.name}`,
      why: 'It was deleted after the run began.',
      next: 'Correct the namespaces, then start the migration again.',
    });
  }
  const { object } = await target.createIfAbsent(namespaceLike(original, name, provenanceLabels(record)), { signal });
  return object;
}

export function namespaceLike(original: KubeObject, name: string, labels: Record<string, string>): KubeObject {
  const { 'kubernetes.io/metadata.name': _, ...ownLabels } = original.metadata.labels ?? {};
  const { [ANNOTATIONS.lastApplied]: __, ...annotations } = original.metadata.annotations ?? {};
  return {
    ...NAMESPACE,
    metadata: { name, labels: { ...withoutPlaces(ownLabels), ...labels }, annotations: withoutPlaces(annotations) },
  };
}
