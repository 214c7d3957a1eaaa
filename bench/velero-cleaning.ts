import { randomBytes } from 'node:crypto';
import type { Kubectl } from '../lab/client/kubectl.js';
import { NAMESPACE } from '../lab/client/migrations.js';
import { PREFIX } from './cleaning.js';

interface Backups {
  items: { metadata: { name: string }; spec: { includedNamespaces?: string[] } }[];
}

/** Removes the Backups of the benchmarks' namespaces with their Restores, on both clusters and in the bucket. */
export async function removeBackups(source: Kubectl, target: Kubectl): Promise<void> {
  const backups = [...new Set([...(await backupsOf(source)), ...(await backupsOf(target))])];
  if (backups.length === 0) return;
  const { items } = await target.get<{ items: { metadata: { name: string }; spec: { backupName: string } }[] }>(
    ...['restores.velero.io', '-n', NAMESPACE],
  );
  const restores = items.filter(({ spec }) => backups.includes(spec.backupName)).map(({ metadata }) => metadata.name);
  if (restores.length > 0) await remove(target, 'restores.velero.io', restores);
  await remove(target, 'backups.velero.io', backups);
  // On the source Velero itself deletes: the object and what the bucket holds.
  const requests = (await backupsOf(source)).map((backupName) => ({
    apiVersion: 'velero.io/v1',
    kind: 'DeleteBackupRequest',
    metadata: { name: `bench-${randomBytes(5).toString('hex')}`, namespace: NAMESPACE },
    spec: { backupName },
  }));
  await source.apply(JSON.stringify({ apiVersion: 'v1', kind: 'List', items: requests }));
  await source.run([
    ...['-n', NAMESPACE, 'wait', '--for=delete', '--timeout=120s'],
    ...requests.map(({ spec }) => `backups.velero.io/${spec.backupName}`),
  ]);
}

const remove = (cluster: Kubectl, kind: string, names: string[]): Promise<string> =>
  cluster.run(['-n', NAMESPACE, 'delete', kind, ...names, '--ignore-not-found', '--timeout=120s']);

async function backupsOf(cluster: Kubectl): Promise<string[]> {
  const { items } = await cluster.get<Backups>('backups.velero.io', '-n', NAMESPACE);
  return items
    .filter(({ spec }) => spec.includedNamespaces?.some((namespace) => namespace.startsWith(PREFIX)))
    .map(({ metadata }) => metadata.name);
}
