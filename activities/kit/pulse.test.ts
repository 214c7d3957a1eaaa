import { Context } from '@temporalio/activity';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { describe, expect, it } from 'vitest';
import { KubernetesApiError } from '../../clusters/kubernetes-api-error.js';
import type { KubeObject } from '../../resources/meta/kube-object.js';
import { waitLine } from '../../resources/run/waits.js';
import { FakeCluster } from '../../test/kit/fakes/fake-cluster.js';
import { type Pulse, type Wait, withPulse } from './pulse.js';
import { reportWaitsTo } from './wait-reports.js';

const pod: KubeObject = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { namespace: 'shop', name: 'web-0', uid: 'pod-uid' },
};
const event = (name: string, at: string, message: string, uid = 'pod-uid'): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Event',
  metadata: { namespace: 'shop', name },
  involvedObject: { uid },
  lastTimestamp: at,
  reason: 'FailedKillPod',
  message,
});
const wait: Wait = { waitingFor: 'the last pod to end', where: 'cluster source', patienceSeconds: 600 };

/** What the operator is shown while the work runs, in order. */
async function shownDuring(work: (pulse: Pulse) => Promise<unknown>, of = wait): Promise<(string | undefined)[]> {
  const shown: (string | undefined)[] = [];
  const environment = new MockActivityEnvironment({}, { logger: new DefaultLogger('ERROR') });
  await environment.run(async () => {
    reportWaitsTo(Context.current(), { show: (_, record) => void shown.push(record && waitLine(record)) });
    await withPulse(of, work);
  });
  return shown;
}

const seconds = (count: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, count * 1_000));

describe('withPulse', () => {
  it('shows what does not move for some seconds, with the last event of the object, and takes it away', async () => {
    const cluster = new FakeCluster('source');
    cluster.set(event('a', '2026-01-01T00:00:02Z', 'the node does not answer'));
    cluster.set(event('b', '2026-01-01T00:00:01Z', 'an older one'));
    cluster.set(event('c', '2026-01-01T00:00:03Z', 'of another pod', 'other-uid'));
    const shown = await shownDuring(async ({ observe, about }) => {
      observe('Pods left (1): shop/web-0.');
      about(cluster.client, pod);
      await seconds(4.5);
    });
    const line =
      /^Waiting since \S+Z \(gives up after 10 min without movement\): the last pod to end, cluster source; seen: Pods left \(1\): shop\/web-0\./;
    expect(shown[0]).toMatch(line);
    expect(shown.at(-2)).toMatch(/last event: FailedKillPod: the node does not answer$/);
    expect(shown.at(-1)).toBeUndefined();
  });

  it('shows nothing of what moves', async () => {
    const shown = await shownDuring(async ({ moved }) => {
      for (let count = 0; count < 4; count += 1) {
        moved(`${count} done`);
        await seconds(1);
      }
    });
    expect(shown).toEqual([]);
  });

  it('names the last event when patience is spent', async () => {
    const cluster = new FakeCluster('source');
    cluster.set(event('a', '2026-01-01T00:00:02Z', 'the node does not answer'));
    const work = ({ about, signal }: Pulse): Promise<never> => {
      about(cluster.client, pod);
      return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    };
    await expect(shownDuring(work, { ...wait, patienceSeconds: 4 })).rejects.toThrow(
      /saw nothing move.*Last event: FailedKillPod: the node does not answer/,
    );
  });
});

describe('what passes between two attempts', () => {
  interface Details {
    idleSeconds: number;
    failedAt?: number;
  }
  const refused = (code: number) =>
    new KubernetesApiError('no answer', { code, reason: '', cluster: 'target', verb: 'list', path: '/pods' });

  /** An attempt that fails at once; the details it hands to the next one. */
  async function attempt(
    before: Details | undefined,
    { taskQueue = 'wait', error = refused(503) as Error } = {},
  ): Promise<{ error: unknown; last: Details }> {
    const info = { taskQueue, heartbeatDetails: before };
    const environment = new MockActivityEnvironment(info, { logger: new DefaultLogger('ERROR') });
    const beats: Details[] = [];
    environment.on('heartbeat', (details: Details) => beats.push(details));
    const outcome = await environment
      .run(() => withPulse(wait, () => Promise.reject(error)))
      .catch((failure: unknown) => failure);
    return { error: outcome, last: beats.at(-1) as Details };
  }
  const ago = (count: number): number => Date.now() - count * 1_000;

  it('is time without movement when the first has failed by itself', async () => {
    const { last } = await attempt({ idleSeconds: 100, failedAt: ago(8) });
    expect(last.idleSeconds).toBe(108);
    expect(last.failedAt).toBeGreaterThan(ago(5));
  });

  it('spends patience, with what the last attempt failed with', async () => {
    const { error } = await attempt({ idleSeconds: 595, failedAt: ago(8) });
    expect(error).toMatchObject({ report: { type: 'PatienceSpent' } });
    expect(String(error)).toMatch(/Waited 603 s for the last pod to end and saw nothing move.*no answer/);
  });

  it.each([
    ['when its worker died', { idleSeconds: 595 }, 595],
    ['beyond what Temporal pauses', { idleSeconds: 500, failedAt: ago(3_600) }, 510],
    ['by a clock that goes ahead', { idleSeconds: 500, failedAt: ago(-60) }, 500],
  ])('is not %s', async (_, before, idleSeconds) => {
    const { error, last } = await attempt(before);
    expect(error).toBeInstanceOf(KubernetesApiError);
    expect(last.idleSeconds).toBe(idleSeconds);
  });

  it.each([
    ['of a short activity, which is tried as long as its caller says', { taskQueue: 'control' }],
    ['while new credentials are waited for', { error: refused(401) }],
  ])('is not told %s', async (_, how) => {
    const { error, last } = await attempt(undefined, how);
    expect(error).toBeInstanceOf(KubernetesApiError);
    expect(last.failedAt).toBeUndefined();
  });
});
