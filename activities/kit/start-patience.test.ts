import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { ClusterClient } from '../../clusters/cluster-client.js';
import type { KubeObject } from '../../resources/meta/kube-object.js';
import { StartPatience } from './start-patience.js';

const SECONDS = 180;
const client = { name: 'target', list: async () => ({ items: [] }) } as unknown as ClusterClient;

const pod = (message?: string): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'server', namespace: 'shop', uid: 'u' },
  status: {
    phase: 'Pending',
    conditions: message
      ? [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message }]
      : [{ type: 'PodScheduled', status: 'True' }],
  },
});

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const later = (): Promise<unknown> => vi.advanceTimersByTimeAsync((SECONDS + 1) * 1_000);

it.each([
  '0/2 nodes are available: 2 Too many pods.',
  '0/2 nodes are available: 1 Insufficient cpu, 1 node(s) had untolerated taint {node-role.kubernetes.io/control-plane: }.',
  '0/1 nodes are available: 1 Insufficient memory. preemption: 0/1 nodes are available.',
])('a pod that no node has room for is not stuck: %s', async (message) => {
  const patience = new StartPatience(client, SECONDS);
  patience.waiting(pod(message));
  await later();
  expect(patience.signal.aborted).toBe(false);
  // Once there is room its time begins.
  patience.waiting(pod());
  await later();
  expect(patience.signal.aborted).toBe(true);
});

it('the time it has run so far is not held against a pod that loses its room', async () => {
  const patience = new StartPatience(client, SECONDS);
  patience.waiting(pod());
  patience.waiting(pod('0/2 nodes are available: 2 Too many pods.'));
  await later();
  expect(patience.signal.aborted).toBe(false);
});

it.each([
  '0/2 nodes are available: 2 node(s) had volume node affinity conflict.',
  "0/2 nodes are available: 2 node(s) didn't match Pod's node affinity/selector.",
])('a pod that no node would ever take is stuck: %s', async (message) => {
  const patience = new StartPatience(client, SECONDS);
  patience.waiting(pod(message));
  await later();
  expect(patience.signal.aborted).toBe(true);
});
