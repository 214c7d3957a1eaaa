import type { KubeObject } from '../../../resources/meta/kube-object.js';
import { helperPlacement } from '../../../resources/workloads/placement.js';
import type { LiveVolumeRun } from '../volume-run.js';
import { listNodes } from './node-address.js';
import { createAdmitted, identitiesToTry, type WorkloadIdentity } from './pod-identity.js';
import { allowedResources } from './pod-resources.js';
import { recentNamespace } from './recent-namespace.js';
import { serverPod } from './server-pod.js';
import { keptWorkloadIdentity } from './transfer-secrets.js';

/**
 * Creates the server pod of a volume, or returns the one that is there. Its Secrets are there.
 *
 * @param known as whom the application runs, where the caller has just seen that
 */
export async function ensureServerPod(live: LiveVolumeRun, known?: WorkloadIdentity): Promise<KubeObject> {
  const { record, volume, target, signal } = live;
  const name = volume.target.namespace;
  const [workload, namespace, resources, nodes] = await Promise.all([
    known ?? keptWorkloadIdentity(live),
    recentNamespace(target, name, signal),
    allowedResources(target, name, record.settings.transferPod, signal),
    listNodes(target, signal),
  ]);
  const placement = helperPlacement(workload.placement ?? {}, nodes);
  const variants = identitiesToTry(record.options, workload, namespace).map((identity) =>
    serverPod(live, identity, resources, placement),
  );
  return createAdmitted(target, variants, signal);
}
