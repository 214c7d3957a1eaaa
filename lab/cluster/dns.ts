import { join } from 'node:path';
import { ensureService } from '../machine/processes.js';
import { writeIfChanged } from '../machine/state.js';
import type { ClusterContext } from './cluster.js';
import { kubeconfigOf } from './control-plane.js';

/** Cluster DNS: a host process on the node's address, to which the kubelet points every pod. */
export async function ensureDns(context: ClusterContext): Promise<void> {
  const { place, programs, inside } = context;
  const corefile = join(place.folder, 'Corefile');
  await writeIfChanged(
    corefile,
    `.:53 {
  bind ${place.nodeAddress}
  errors
  kubernetes cluster.local in-addr.arpa {
    kubeconfig ${kubeconfigOf(place.folder)} ${place.name}
    ttl 5
  }
  loadbalance
}
`,
  );
  await ensureService({
    ...inside('coredns'),
    configFile: corefile,
    command: [join(programs, 'coredns'), '-conf', corefile],
  });
}
