import type { KubeObject } from '../../resources/meta/kube-object.js';
import { identityOf } from '../../resources/meta/kube-object.js';
import type { RunCluster } from '../../resources/run/run-record.js';
import type { ActivityDependencies } from '../kit/dependencies.js';

interface Reference {
  namespace: string;
  name: string;
}

/** One of the run's clusters, as its record names it. */
export async function readRunCluster(
  deps: ActivityDependencies,
  reference: Reference | undefined,
): Promise<RunCluster> {
  const identity = identityOf(await readReferenced(deps, 'MigCluster', reference));
  const client = await deps.clusters.connect(identity);
  const [{ minor }, system] = await Promise.all([
    client.version(),
    client.get({ apiVersion: 'v1', kind: 'Namespace', name: 'kube-system' }),
  ]);
  return { ...identity, clusterUid: system?.metadata.uid ?? '', minor };
}

/** The check has seen that these objects exist; if they no longer do, Temporal tries again and the check reports it. */
export async function readReferenced(
  { store }: ActivityDependencies,
  kind: string,
  reference: Reference | undefined,
): Promise<KubeObject> {
  const object = reference && (await store.resources.get({ kind, ...reference }));
  if (!object) {
    throw new Error(`${kind} ${reference?.name ?? ''} was there when it was checked, and is gone.`);
  }
  return object;
}
