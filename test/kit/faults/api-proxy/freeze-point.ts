import type { ApiProxy } from './api-proxy.js';
import { describeRequest, type ProxiedRequest } from './proxied-request.js';

export interface FreezePoint {
  /** The mutation that is held; never resolves when there are not that many. */
  readonly reached: Promise<string>;
  /** Lets it pass on to the server. */
  release(): void;
}

/**
 * Holds the k-th mutation that comes to some proxies together before its server sees it, and freezes who sent it.
 *
 * @param k from 1
 */
export function freezeAt(proxies: readonly ApiProxy[], k: number, freeze: () => void): FreezePoint {
  const { promise: reached, resolve: tell } = Promise.withResolvers<string>();
  const { promise: released, resolve: letGo } = Promise.withResolvers<void>();
  let seen = 0;
  const meddler = {
    async before(request: ProxiedRequest) {
      if (!request.isMutation) return undefined;
      seen += 1;
      if (seen !== k) return undefined;
      freeze();
      tell(describeRequest(request));
      await released;
      return undefined;
    },
  };
  const disarm = proxies.map((proxy) => proxy.meddle(meddler));
  return {
    reached,
    release() {
      for (const undo of disarm) undo();
      letGo();
    },
  };
}
