import { join } from 'node:path';
import { run } from '../machine/run.js';
import { writeIfChanged } from '../machine/state.js';
import type { ClusterContext } from './cluster.js';
import { kubeconfigOf } from './control-plane.js';
import type { KubeClient, KubeObject } from './kube.js';
import { kubeletFolder } from './kubelet.js';

const veleroNamespace = 'openshift-migration';

/** Velero with its node agent, where MTC expects it; no backup location, that is the migration's to make. */
export async function ensureVelero(
  { place, programs, credentials }: ClusterContext,
  client: KubeClient,
  image: string,
  pluginImage: string,
): Promise<void> {
  const secretFile = join(place.folder, 's3-credentials');
  await writeIfChanged(
    secretFile,
    `[default]\naws_access_key_id=${credentials.s3AccessKey}\naws_secret_access_key=${credentials.s3SecretKey}\n`,
    0o600,
  );
  const small = ['cpu-request=10m', 'mem-request=64Mi', 'cpu-limit=0', 'mem-limit=0'];
  const manifest = await run(join(programs, 'velero'), [
    'install',
    `--kubeconfig=${kubeconfigOf(place.folder)}`,
    '--dry-run',
    '--output=json',
    `--namespace=${veleroNamespace}`,
    `--image=${image}`,
    `--plugins=${pluginImage}`,
    `--secret-file=${secretFile}`,
    '--no-default-backup-location',
    '--use-volume-snapshots=false',
    '--use-node-agent',
    `--kubelet-root-dir=${kubeletFolder(place)}`,
    ...small.map((request) => `--velero-pod-${request}`),
    ...small.map((request) => `--node-agent-pod-${request}`),
  ]);
  const list = JSON.parse(manifest) as { items: KubeObject[] };
  await client.apply(list.items);
}

/** Whether server and node agent run in their present form, and only in that. */
export async function isVeleroReady(client: KubeClient): Promise<boolean> {
  const folder = `/apis/apps/v1/namespaces/${veleroNamespace}`;
  const server = await client.get<Workload>(`${folder}/deployments/velero`);
  const agent = await client.get<Workload>(`${folder}/daemonsets/node-agent`);
  const { observedGeneration, replicas, readyReplicas, updatedReplicas } = server.status;
  const serverReady = replicas === 1 && readyReplicas === 1 && updatedReplicas === 1;
  const agentReady = agent.status.numberReady === 1 && agent.status.updatedNumberScheduled === 1;
  const observed = [
    observedGeneration === server.metadata.generation,
    agent.status.observedGeneration === agent.metadata.generation,
  ];
  return serverReady && agentReady && observed.every(Boolean);
}

/** The counts of a Deployment and of a DaemonSet; the server leaves out those that are 0. */
interface Workload extends KubeObject {
  status: Partial<
    Record<
      | 'observedGeneration'
      | 'replicas'
      | 'readyReplicas'
      | 'updatedReplicas'
      | 'numberReady'
      | 'updatedNumberScheduled',
      number
    >
  >;
}
