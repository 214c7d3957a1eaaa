import { setTimeout as sleep } from 'node:timers/promises';
import { KubeConfig, type KubernetesObject, KubernetesObjectApi, PatchStrategy } from '@kubernetes/client-node';
import { kubeconfigOf } from './control-plane.js';
import type { ClusterPlace } from './slot.js';

/** A client for any kind of object, as the cluster's administrator. */
export function clientOf(place: ClusterPlace): KubernetesObjectApi {
  const config = new KubeConfig();
  config.loadFromFile(kubeconfigOf(place.folder));
  return KubernetesObjectApi.makeApiClient(config);
}

/** Brings objects into the given form, one after another (a namespace before what is in it). */
export async function apply(client: KubernetesObjectApi, objects: KubernetesObject[]): Promise<void> {
  for (const object of objects) {
    await client.patch(object, undefined, undefined, 'lab', true, PatchStrategy.ServerSideApply);
  }
}

/** Waits until `probe` holds; errors of a server that is still starting count as "not yet". */
export async function waitUntil(what: string, probe: () => Promise<boolean>, seconds = 90): Promise<void> {
  let lastError: unknown;
  for (const deadline = Date.now() + seconds * 1000; Date.now() < deadline; await sleep(200)) {
    try {
      if (await probe()) return;
    } catch (error) {
      lastError = error;
    }
  }
  throw new Error(`${what}: not within ${seconds} s`, { cause: lastError });
}

type Node = KubernetesObject & { status?: { conditions?: { type: string; status: string }[] } };

export async function isNodeReady(client: KubernetesObjectApi, name: string): Promise<boolean> {
  const node = await client.read<Node>({ apiVersion: 'v1', kind: 'Node', metadata: { name } });
  return node.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false;
}
