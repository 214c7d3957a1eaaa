import type { KubeObject } from '../../../resources/meta/kube-object.js';
import { helperPlacement } from '../../../resources/workloads/placement.js';
import type { LiveVolumeRun } from '../volume-run.js';
import { createAdmitted, identitiesToTry } from './pod-identity.js';
import { allowedResources } from './pod-resources.js';
import { serverPod } from './server-pod.js';
import { keptWorkloadIdentity } from './transfer-secrets.js';

/** Creates the server pod of a volume, or returns the one that is there. Its Secrets are there. */
export async function ensureServerPod(live: LiveVolumeRun): Promise<KubeObject> {
  const { record, volume, target, signal } = live;
  const name = volume.target.namespace;
  const [workload, namespace, resources, nodes] = await Promise.all([
    keptWorkloadIdentity(live),
    target.get({ apiVersion: 'v1', kind: 'Namespace', name }, { signal }),
    allowedResources(target, name, record.settings.transferPod, signal),
    target.list({ apiVersion: 'v1', kind: 'Node' }, { signal }),
  ]);
  const placement = helperPlacement(workload.placement ?? {}, nodes.items);
  const variants = identitiesToTry(record.options, workload, namespace).map((identity) =>
    serverPod(live, identity, resources, placement),
  );
  return createAdmitted(target, variants, signal);
}
