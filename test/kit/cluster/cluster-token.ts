import { randomBytes } from 'node:crypto';
import { tokenSecret } from '../../../clusters/preparation/manifests.js';
import type { Kubectl } from '../../../lab/client/kubectl.js';
import { NAMESPACE } from '../../../lab/client/migrations.js';
import { until } from '../../../lab/client/until.js';
import type { KubeObject } from '../../../resources/meta/kube-object.js';
import type { System } from '../system/system.js';

export interface ClusterToken {
  /** Base64. */
  value: string;
  /** From now on, and within seconds, the cluster knows it no longer. */
  revoke(): Promise<void>;
}

/** One more token of the service account that prepare-cluster makes, apart from the one that others use too. */
export async function issueToken(cluster: Kubectl): Promise<ClusterToken> {
  const name = `test-token-${randomBytes(3).toString('hex')}`;
  await cluster.apply(JSON.stringify({ ...tokenSecret, metadata: { ...tokenSecret.metadata, name } }));
  const value = await until(
    `the token of Secret ${name}`,
    async () => (await cluster.get<KubeObject>('secret', name, '-n', NAMESPACE)).data?.token as string | undefined,
    { seconds: 30 },
  );
  return {
    value,
    revoke: async () => void (await cluster.run(['-n', NAMESPACE, 'delete', 'secret', name, '--ignore-not-found'])),
  };
}

/** Makes the system use a token for one of its clusters. */
export async function useToken({ mtc }: System, side: 'source' | 'target', { value }: ClusterToken): Promise<void> {
  const patch = JSON.stringify({ data: { saToken: value } });
  await mtc.run(['-n', 'openshift-config', 'patch', 'secret', side, '--type=merge', '-p', patch]);
}
