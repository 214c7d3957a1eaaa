import { type KubeObject, referenceOf } from '../../resources/meta/kube-object.js';
import type { ClusterClient } from '../cluster-client.js';
import { isConflict } from '../kubernetes-api-error.js';
import { waitForObject } from '../wait-for.js';
import {
  FIELD_MANAGER,
  MADE_BY_PREPARATION,
  PREPARATION,
  SECURITY_LEVEL,
  tokenSecret,
  withNodeAgent,
} from './manifests.js';

export type PreparationStep = { object: KubeObject; outcome: 'created' | 'changed' | 'unchanged' };

/** Milliseconds the cluster's token controller gets to fill in the Secret. */
const TOKEN_PATIENCE = 30_000;

/**
 * Makes namespace, service account, roles and token Secret, or brings them up to date. May be repeated; what was there before is
 * extended, never marked as made here.
 *
 * @param onStep called for each object when it is as it should be
 * @param options.nodeAgent admits Velero's node agent: pods of the namespace may be privileged
 * @returns the service account's token
 */
export async function prepareCluster(
  client: ClusterClient,
  onStep: (step: PreparationStep) => void = () => {},
  { nodeAgent = false }: { nodeAgent?: boolean } = {},
): Promise<string> {
  for (const manifest of PREPARATION) {
    onStep(await applyManifest(client, nodeAgent ? withNodeAgent(manifest) : manifest, nodeAgent));
  }
  return readToken(client);
}

async function applyManifest(
  client: ClusterClient,
  manifest: KubeObject,
  nodeAgent: boolean,
): Promise<PreparationStep> {
  const before = await client.get(referenceOf(manifest));
  const ours = !before || isMadeByPreparation(before);
  const labels: Record<string, string> = { ...manifest.metadata.labels, ...(ours ? MADE_BY_PREPARATION : {}) };
  // The level of a namespace that was there is its owner's to say: what runs there may need the one it has, or none.
  if (!ours && !nodeAgent) delete labels[SECURITY_LEVEL];
  const object = await apply(client, { ...manifest, metadata: { ...manifest.metadata, labels } });
  const same = before?.metadata.resourceVersion === object.metadata.resourceVersion;
  return { object, outcome: !before ? 'created' : same ? 'unchanged' : 'changed' };
}

async function apply(client: ClusterClient, manifest: KubeObject): Promise<KubeObject> {
  try {
    return await client.apply(manifest, { fieldManager: FIELD_MANAGER });
  } catch (error) {
    if (isConflict(error)) {
      throw new Error(
        `${manifest.kind} ${manifest.metadata.name} of cluster "${client.name}" is managed by another client with different values, which may have a reason: ${(error as Error).message} Change it to what is shown above by hand, or rename it, and run this again.`,
        { cause: error },
      );
    }
    throw error;
  }
}

async function readToken(client: ClusterClient): Promise<string> {
  try {
    const secret = await waitForObject(client, referenceOf(tokenSecret), ({ data }) => Boolean(data?.token), {
      signal: AbortSignal.timeout(TOKEN_PATIENCE),
    });
    return Buffer.from(secret.data.token, 'base64').toString('utf8');
  } catch (error) {
    if (error instanceof DOMException && error.name === 'TimeoutError') {
      const { name, namespace } = tokenSecret.metadata;
      throw new Error(
        `Secret ${namespace}/${name} of cluster "${client.name}" got no token in ${TOKEN_PATIENCE / 1000} s. Check that the kube-controller-manager runs, then run this again.`,
      );
    }
    throw error;
  }
}

export const isMadeByPreparation = ({ metadata }: KubeObject): boolean =>
  Object.entries(MADE_BY_PREPARATION).every(([label, value]) => metadata.labels?.[label] === value);
