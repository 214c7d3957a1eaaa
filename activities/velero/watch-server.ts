import type { ClusterClient } from '../../clusters/cluster-client.js';
import type { KubeObject } from '../../resources/kube-object.js';
import { MIGRATION_NAMESPACE } from '../../resources/labels.js';
import type { Pulse } from '../pulse.js';

const DEPLOYMENT = { apiVersion: 'apps/v1', kind: 'Deployment' } as const;
const SERVER = 'velero';

/**
 * While something is waited for that Velero does: as long as its server is not up, that is what the operator reads, and what a spent
 * patience names. `stop` ends it.
 *
 * @param waitingFor what is waited for otherwise
 */
export function watchServer(client: ClusterClient, pulse: Pulse, waitingFor: string): { stop(): Promise<void> } {
  const stopped = new AbortController();
  const signal = AbortSignal.any([pulse.signal, stopped.signal]);
  let wasDown = false;
  const watching = (async () => {
    const watch = client.watch(DEPLOYMENT, {
      namespace: MIGRATION_NAMESPACE,
      fieldSelector: `metadata.name=${SERVER}`,
      signal,
    });
    for await (const event of watch) {
      const deployment =
        event.type === 'SYNCED' ? event.objects[0] : event.type === 'DELETED' ? undefined : event.object;
      const trouble = troubleOf(deployment);
      if (trouble) {
        pulse.observe(
          trouble,
          `deployment ${SERVER} in namespace ${MIGRATION_NAMESPACE} on cluster ${client.name} to run`,
        );
        wasDown = true;
      } else if (wasDown) {
        pulse.observe('Velero runs again.', waitingFor);
        wasDown = false;
      }
    }
  })();
  // The wait itself reports what is wrong with the cluster; this is only a second pair of eyes.
  const ended = watching.catch(() => undefined);
  return {
    stop() {
      stopped.abort();
      return ended;
    },
  };
}

/** What is wrong with Velero's server; undefined when a pod of it is ready. */
export function troubleOf(deployment: KubeObject | undefined): string | undefined {
  if (!deployment) return `There is no deployment ${SERVER} in namespace ${MIGRATION_NAMESPACE}.`;
  const { spec, status } = deployment;
  if ((status?.readyReplicas ?? 0) > 0) return undefined;
  const conditions: { type: string; status: string; message?: string }[] = status?.conditions ?? [];
  const reasons = conditions.filter((condition) => condition.status !== 'True').flatMap(({ message }) => message ?? []);
  return [`Deployment ${SERVER} has 0 of ${spec?.replicas ?? 1} pods ready.`, ...reasons].join(' ');
}
