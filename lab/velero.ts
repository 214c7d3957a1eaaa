import { join } from 'node:path';
import type { KubernetesObject, KubernetesObjectApi } from '@kubernetes/client-node';
import type { ClusterContext } from './cluster.js';
import { apply } from './kube.js';
import { kubeconfigOf } from './control-plane.js';
import { kubeletFolder } from './kubelet.js';
import { run } from './run.js';
import { writeIfChanged } from './state.js';

export const veleroNamespace = 'openshift-migration';

/** Velero with its node agent, where MTC expects it; no backup location, that is the migration's to make. */
export async function ensureVelero(
  { place, programs, credentials }: ClusterContext,
  client: KubernetesObjectApi,
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
  const list = JSON.parse(manifest) as { items: KubernetesObject[] };
  await apply(client, list.items);
}

/** Whether server and node agent run in their present form. */
export async function isVeleroReady(client: KubernetesObjectApi): Promise<boolean> {
  const metadata = { namespace: veleroNamespace };
  const server = await client.read<Workload>({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'velero', ...metadata },
  });
  const agent = await client.read<Workload>({
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: 'node-agent', ...metadata },
  });
  return server.status?.readyReplicas === 1 && agent.status?.numberReady === 1;
}

type Workload = KubernetesObject & { status?: { readyReplicas?: number; numberReady?: number } };
