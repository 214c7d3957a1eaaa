import type { ClusterClient } from '../../clusters/cluster-client.js';
import type { KubeObject } from '../../resources/meta/kube-object.js';
import { MIGRATION_NAMESPACE } from '../../resources/meta/labels.js';
import type { Pulse } from '../kit/pulse.js';

const DEPLOYMENT = { apiVersion: 'apps/v1', kind: 'Deployment' } as const;
const SERVER = 'velero';

/**
 * Waits for something that Velero does. While its server is down, the operator reads that, and so does the failure when the
 * patience is spent.
 *
 * @param waitingFor what is waited for while the server runs
 */
export async function watchingServer<T>(
  client: ClusterClient,
  pulse: Pulse,
  waitingFor: string,
  wait: (pulse: Pulse) => Promise<T>,
): Promise<T> {
  let trouble: string | undefined;
  let seen = '';
  const story = (): string => [trouble, seen].filter(Boolean).join(' ');
  const stopped = new AbortController();
  const watching = (async () => {
    const place = { namespace: MIGRATION_NAMESPACE, fieldSelector: `metadata.name=${SERVER}` };
    const signal = AbortSignal.any([pulse.signal, stopped.signal]);
    for await (const event of client.watch(DEPLOYMENT, { ...place, signal })) {
      const deployment =
        event.type === 'SYNCED' ? event.objects[0] : event.type === 'DELETED' ? undefined : event.object;
      trouble = troubleOf(deployment);
      pulse.observe(
        story(),
        trouble
          ? `deployment ${SERVER} in namespace ${MIGRATION_NAMESPACE} on cluster ${client.name} to run`
          : waitingFor,
      );
    }
    // The wait itself reports problems of the cluster's API.
  })().catch(() => undefined);
  try {
    return await wait({
      signal: pulse.signal,
      moved(state) {
        seen = state ?? seen;
        pulse.moved(story());
      },
      observe(state) {
        seen = state;
        pulse.observe(story());
      },
      about: pulse.about,
    });
  } finally {
    stopped.abort();
    await watching;
  }
}

/** What is wrong with Velero's server; undefined when a pod of it is ready. */
function troubleOf(deployment: KubeObject | undefined): string | undefined {
  if (!deployment) return `There is no deployment ${SERVER} in namespace ${MIGRATION_NAMESPACE}.`;
  const { spec, status } = deployment;
  if ((status?.readyReplicas ?? 0) > 0) return undefined;
  const conditions: { type: string; status: string; message?: string }[] = status?.conditions ?? [];
  const reasons = conditions.filter((condition) => condition.status !== 'True').flatMap(({ message }) => message ?? []);
  return [`Deployment ${SERVER} has 0 of ${spec?.replicas ?? 1} pods ready.`, ...reasons].join(' ');
}
