import type { ApiProxy } from './api-proxy.js';
import { describeRequest, type ProxiedRequest } from './proxied-request.js';

/** Whether the client dies before or after it heard that the server has done what it asked. */
export type Moment = 'unheard' | 'heard';

export interface KillPoint {
  /** The mutation that was struck at; undefined while none was. */
  readonly struckAt: string | undefined;
  /** Mutations done so far. */
  readonly mutations: number;
  /** Resolves when the client is dead; never when nothing is struck at. */
  readonly struck: Promise<void>;
  disarm(): void;
}

/**
 * Strikes once, at the k-th mutation that the servers behind some proxies have done for their client together. A mutation that was
 * refused does not count.
 *
 * @param k from 1
 * @param strike is over when the client is dead
 */
export function killAt(
  proxies: readonly ApiProxy[],
  { k, moment }: { k: number; moment: Moment },
  strike: () => Promise<unknown>,
): KillPoint {
  const seen = { mutations: 0, struckAt: undefined as string | undefined };
  const target = new WeakSet<ProxiedRequest>();
  const { promise: struck, resolve: tell } = Promise.withResolvers<void>();
  const blow = async (): Promise<void> => {
    await strike();
    tell();
  };
  const meddler = {
    async answered(request: ProxiedRequest, status: number) {
      if (!request.isMutation || status >= 300) return undefined;
      seen.mutations += 1;
      if (seen.mutations !== k) return undefined;
      seen.struckAt = describeRequest(request);
      target.add(request);
      if (moment === 'heard') return undefined;
      await blow();
      return 'lost' as const;
    },
    heard(request: ProxiedRequest) {
      if (moment === 'heard' && target.has(request)) void blow();
    },
  };
  const disarm = proxies.map((proxy) => proxy.meddle(meddler));
  return {
    struck,
    get struckAt() {
      return seen.struckAt;
    },
    get mutations() {
      return seen.mutations;
    },
    disarm() {
      for (const undo of disarm) undo();
    },
  };
}
