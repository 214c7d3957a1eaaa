import type { ClusterClient } from '../../../clusters/cluster-client.js';
import type { KubeObject } from '../../../resources/meta/kube-object.js';
import { RECENT, sharedReads } from '../../kit/shared-reads.js';

/** As it was seconds ago at most. */
export const recentNamespace = (
  client: ClusterClient,
  name: string,
  signal: AbortSignal,
): Promise<KubeObject | undefined> => {
  const reference = { apiVersion: 'v1', kind: 'Namespace', name };
  const { base = client } = client as { base?: ClusterClient };
  return sharedReads(client).once(`namespace ${name}`, () => base.get(reference), { age: RECENT, signal });
};
