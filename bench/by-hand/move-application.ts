import type { Kubectl } from '../../lab/client/kubectl.js';
import { NAMESPACE } from '../../lab/client/migrations.js';
import { LOCATION } from './backup-location.js';

interface Deployments {
  items: { metadata: { name: string }; spec: { replicas: number } }[];
}

/**
 * Moves a namespace of Deployments as a careful person does with kubectl and Velero: note the replicas, scale to 0, wait for the last
 * pod, back up, carry the finished Backup over, restore, scale up, wait. Every wait is a watch.
 */
export async function moveApplication(source: Kubectl, target: Kubectl, namespace: string): Promise<void> {
  const { items } = await source.get<Deployments>('deployments', '-n', namespace);
  await source.run(['-n', namespace, 'scale', 'deployment', '--all', '--replicas=0']);
  await source.run(['-n', namespace, 'wait', 'pod', '--all', '--for=delete', '--timeout=120s']);

  const backup = {
    ...inVelero('Backup', namespace),
    spec: { storageLocation: LOCATION, includedNamespaces: [namespace] },
  };
  await source.apply(JSON.stringify(backup));
  await untilCompleted(source, 'backups', namespace);
  const { spec, status } = await source.get<{ spec: object; status: object }>(
    ...['backups.velero.io', namespace, '-n', NAMESPACE],
  );
  // With its status: the target's Velero would run a Backup without one.
  await target.run(['create', '-f', '-'], JSON.stringify({ ...inVelero('Backup', namespace), spec, status }));

  await target.apply(JSON.stringify({ ...inVelero('Restore', namespace), spec: { backupName: namespace } }));
  await untilCompleted(target, 'restores', namespace);
  await Promise.all(
    items.map(async ({ metadata: { name }, spec: { replicas } }) => {
      await target.run(['-n', namespace, 'scale', 'deployment', name, `--replicas=${replicas}`]);
      await target.run(['-n', namespace, 'rollout', 'status', 'deployment', name, '--timeout=120s']);
    }),
  );
}

const inVelero = (kind: 'Backup' | 'Restore', name: string) => ({
  apiVersion: 'velero.io/v1',
  kind,
  metadata: { name, namespace: NAMESPACE },
});

const untilCompleted = (cluster: Kubectl, plural: 'backups' | 'restores', name: string): Promise<string> =>
  cluster.run([
    ...['-n', NAMESPACE, 'wait', `${plural}.velero.io/${name}`],
    ...['--for=jsonpath={.status.phase}=Completed', '--timeout=120s'],
  ]);
