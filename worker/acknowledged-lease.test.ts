import type { Context } from '@temporalio/activity';
import { defaultPayloadConverter } from '@temporalio/common';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { heartbeat } from '../activities/kit/lease.js';
import { AcknowledgedLease } from './acknowledged-lease.js';

const LIMIT = 5_000;

/** What Temporal answers to a heartbeat. */
let answer: () => Promise<unknown>;
let asked: { details?: { payloads: unknown[] } }[];
let context: Context;
let lease: AcknowledgedLease;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'setTimeout', 'clearTimeout', 'performance', 'Date'] });
  answer = async () => ({});
  asked = [];
  context = {
    info: { namespace: 'default', taskToken: new Uint8Array(), activityType: 'unquiesceSource' },
    heartbeat: () => undefined,
    client: {
      withDeadline: (_: number, work: () => Promise<unknown>) => work(),
      workflowService: {
        recordActivityTaskHeartbeat: (request: (typeof asked)[number]) => {
          asked.push(request);
          return answer();
        },
      },
      options: { loadedDataConverter: { payloadConverter: defaultPayloadConverter, payloadCodecs: [] } },
    },
  } as unknown as Context;
  lease = new AcknowledgedLease(context, LIMIT);
});
afterEach(() => {
  lease.end();
  vi.useRealTimers();
});

const lost = () => lease.signal.aborted;

describe('the lease of an attempt', () => {
  it('lasts as long as its heartbeats are acknowledged', async () => {
    await vi.advanceTimersByTimeAsync(60_000);
    expect(lost()).toBe(false);
    lease.throwIfLost();
    expect(asked.length).toBeGreaterThan(50);
  });

  it('repeats what the last heartbeat told, for the next attempt to read', async () => {
    heartbeat(context, { idleSeconds: 7 });
    await vi.advanceTimersByTimeAsync(1_000);
    const [payload] = asked.at(-1)?.details?.payloads ?? [];
    expect(defaultPayloadConverter.fromPayload(payload as never)).toEqual({ idleSeconds: 7 });
  });

  it.each<[string, () => Promise<unknown>]>([
    ['refused at once', () => Promise.reject(new Error('connection refused'))],
    ['never answered', () => new Promise(() => undefined)],
  ])('ends when heartbeats are %s, before Temporal gives the activity away', async (_, silence) => {
    await vi.advanceTimersByTimeAsync(2_000);
    answer = silence;
    await vi.advanceTimersByTimeAsync(3_000);
    expect(lost()).toBe(false);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(lost()).toBe(true);
    expect(() => lease.throwIfLost()).toThrow(/cut off from Temporal/);
  });

  it('counts from when an acknowledged heartbeat was sent, not from when the answer came', async () => {
    await vi.advanceTimersByTimeAsync(1_500);
    answer = () => new Promise((resolve) => setTimeout(() => resolve({}), 4_900));
    await vi.advanceTimersByTimeAsync(6_600);
    expect(lost()).toBe(true);
  });

  it('ends at once when Temporal does not know the attempt any more', async () => {
    answer = () => Promise.reject(Object.assign(new Error('not found'), { code: 5 }));
    await vi.advanceTimersByTimeAsync(1_000);
    expect(() => lease.throwIfLost()).toThrow(/Temporal has ended this attempt/);
  });

  it('is over for a process that was suspended, before any timer has told', () => {
    const now = performance.now();
    vi.spyOn(performance, 'now').mockReturnValue(now + LIMIT);
    expect(() => lease.throwIfLost()).toThrow(/No heartbeat was acknowledged for 5 s/);
  });
});
