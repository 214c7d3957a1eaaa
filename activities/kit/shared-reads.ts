import { setTimeout as delay } from 'node:timers/promises';
import type { ApiType, ClusterClient } from '../../clusters/cluster-client.js';
import type { KubeObject } from '../../resources/meta/kube-object.js';

/** How long what changes seldom (nodes, limits, namespaces) may have been known before: seconds, in milliseconds. */
export const RECENT = 10_000;
/** Begun after it was asked for: what a decision about halting, overwriting or removing rests on. */
export const FRESH = 0;

/** Who asks within so many milliseconds is answered by one read. */
const GATHER_MS = 20;
/** Objects whose events are asked for each by itself: more are found in one list. */
const FEW = 2;

interface Read {
  beganAt: number;
  /** `gathering`: it has not begun yet. */
  state: 'gathering' | 'running' | 'ended';
  result: Promise<unknown>;
  /** Begins when this one has ended: for those who asked in the middle of it. */
  next?: Promise<unknown>;
}

export interface SharedOptions {
  age: number;
  signal: AbortSignal;
}

/**
 * Reads that the volumes of many runs have in common, made once for all who ask at the same time: a thousand volumes in one namespace would
 * otherwise list all its pods a thousand times.
 */
export class SharedReads {
  private readonly reads = new Map<string, Read>();
  /** By namespace, whose events are asked for. */
  private readonly asked = new Map<string, Set<string>>();

  constructor(private readonly client: ClusterClient) {}

  async list(
    type: ApiType,
    { namespace, labelSelector }: { namespace?: string; labelSelector?: string },
    options: SharedOptions,
  ): Promise<KubeObject[]> {
    const key = ['list', type.apiVersion, type.kind, namespace, labelSelector].join(' ');
    return this.once(key, async () => (await this.client.list(type, { namespace, labelSelector })).items, options);
  }

  /** Events of one object. */
  async events({ namespace = '', uid = '' }: KubeObject['metadata'], signal: AbortSignal): Promise<KubeObject[]> {
    const asked = this.asked.get(namespace) ?? new Set();
    this.asked.set(namespace, asked.add(uid));
    const read = async (): Promise<KubeObject[]> => {
      const uids = [...(this.asked.get(namespace) ?? [])];
      this.asked.delete(namespace);
      const selectors = uids.length > FEW ? [undefined] : uids.map((one) => `involvedObject.uid=${one}`);
      const lists = selectors.map((fieldSelector) => this.client.list(EVENT, { namespace, fieldSelector }));
      return (await Promise.all(lists)).flatMap(({ items }) => items);
    };
    const found = await this.once(`events ${namespace}`, read, { age: FRESH, signal });
    return found.filter(({ involvedObject }) => involvedObject?.uid === uid);
  }

  /**
   * Work whose result all share who name it alike.
   *
   * @param work ends by the time limits of its own calls: it is nobody's alone
   */
  async once<Result>(key: string, work: () => Promise<Result>, { age, signal }: SharedOptions): Promise<Result> {
    signal.throwIfAborted();
    const stopped = Promise.withResolvers<never>();
    const stop = () => stopped.reject(signal.reason);
    signal.addEventListener('abort', stop);
    try {
      return await Promise.race([this.joined(key, work, age) as Promise<Result>, stopped.promise]);
    } finally {
      signal.removeEventListener('abort', stop);
    }
  }

  private joined(key: string, work: () => Promise<unknown>, age: number): Promise<unknown> {
    const known = this.reads.get(key);
    if (known === undefined || known.state === 'ended') {
      const isRecent = known !== undefined && Date.now() - known.beganAt <= age && age > 0;
      return isRecent ? known.result : this.begin(key, work);
    }
    if (known.state === 'gathering' || age > 0) return known.result;
    known.next ??= known.result.catch(() => undefined).then(() => this.begin(key, work));
    return known.next;
  }

  private begin(key: string, work: () => Promise<unknown>): Promise<unknown> {
    const read: Read = { beganAt: Date.now(), state: 'gathering', result: Promise.resolve() };
    read.result = delay(GATHER_MS).then(() => {
      read.state = 'running';
      return work();
    });
    this.reads.set(key, read);
    const forget = () => {
      if (this.reads.get(key) === read) this.reads.delete(key);
    };
    const ended = () => {
      read.state = 'ended';
      setTimeout(forget, RECENT).unref();
    };
    read.result.then(ended, () => {
      read.state = 'ended';
      forget();
    });
    return read.result;
  }
}

const EVENT = { apiVersion: 'v1', kind: 'Event' } as const;

const ofClient = new WeakMap<object, SharedReads>();

/** Those of one cluster and credential in this process, whichever run asks. */
export function sharedReads(client: ClusterClient & { base?: ClusterClient }): SharedReads {
  const base = client.base ?? client;
  const known = ofClient.get(base) ?? new SharedReads(base);
  ofClient.set(base, known);
  return known;
}
