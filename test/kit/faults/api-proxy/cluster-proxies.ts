import { administratorOf } from '../../cluster/real-cluster.js';
import { ApiProxy } from './api-proxy.js';
import type { Meddler } from './meddler.js';

export type ClusterProxies = Record<'source' | 'target', ApiProxy>;

/** A proxy before the API server of each of the two clusters. */
export async function startClusterProxies(): Promise<ClusterProxies> {
  return {
    source: await ApiProxy.start(await administratorOf('source')),
    target: await ApiProxy.start(await administratorOf('target')),
  };
}

/** Puts the same faults before both; returns what takes them away again. */
export function meddleWithBoth(proxies: ClusterProxies, meddlers: readonly Meddler[]): () => void {
  const undo = Object.values(proxies).flatMap((proxy) => meddlers.map((meddler) => proxy.meddle(meddler)));
  return () => {
    for (const end of undo) end();
  };
}

export const stopClusterProxies = (proxies: ClusterProxies | undefined): Promise<unknown> =>
  Promise.all(Object.values(proxies ?? {}).map((proxy) => proxy[Symbol.asyncDispose]()));
