import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { connect, createServer, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ClusterAccess } from '../../clusters/cluster-access.js';
import type { ClusterClient, WatchEvent } from '../../clusters/cluster-client.js';
import { connectCluster } from '../../clusters/connect-cluster.js';
import { isConflict, isNotFound } from '../../clusters/kubernetes-api-error.js';
import { waitForObject, waitUntilGone } from '../../clusters/wait-for.js';
import type { KubeObject } from '../../resources/meta/kube-object.js';
import { collect } from '../kit/cluster/collect.js';
import { execCommand } from '../kit/cluster/exec-command.js';
import { administratorOf, shellImage } from '../kit/cluster/real-cluster.js';

const name = `clusters-e2e-${Date.now().toString(36)}`;
const namespace: KubeObject = { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
const configMap = (suffix: string | number, data: Record<string, string> = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: `settings-${suffix}`, namespace: name, labels: { test: 'e2e' } },
  data,
});
const refTo = (suffix: string | number) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  namespace: name,
  name: `settings-${suffix}`,
});
const podRef = { apiVersion: 'v1', kind: 'Pod', namespace: name, name: 'talker' };
const talker: KubeObject = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: podRef.name, namespace: name },
  spec: {
    terminationGracePeriodSeconds: 0,
    containers: [
      {
        name: 'main',
        image: shellImage(),
        command: ['sh', '-c', 'n=0; while true; do n=$((n + 1)); echo "Zeile fünf $n"; sleep 0.1; done'],
      },
    ],
  },
};

describe('a real cluster', () => {
  let access: ClusterAccess;
  let client: ClusterClient;

  beforeAll(async () => {
    access = await administratorOf('source');
    client = connectCluster(access);
    await client.create(namespace);
    await waitForObject(
      client,
      { apiVersion: 'v1', kind: 'ServiceAccount', namespace: name, name: 'default' },
      () => true,
    );
    await client.create(talker);
    await waitForObject(client, podRef, ({ status }) => status?.phase === 'Running');
  });
  afterAll(async () => {
    const ref = { apiVersion: 'v1', kind: 'Namespace', name };
    await client.remove(ref);
    await waitUntilGone(client, ref);
    await client.close();
  });

  it('says what it serves', async () => {
    const { major, minor } = await client.version();
    expect([major, minor >= 27]).toEqual([1, true]);
    const types = await client.discover();
    expect(types.find(({ resource, group }) => group === 'apps' && resource === 'deployments')).toMatchObject({
      apiVersion: 'apps/v1',
      namespaced: true,
    });
    expect(await client.resourceOf({ apiVersion: 'v1', kind: 'Nonsense' })).toBeUndefined();
  });

  it('runs commands', async () => {
    const pod = { namespace: name, name: podRef.name, container: 'main' };
    const said = await execCommand(access, pod, [
      'sh',
      '-c',
      'echo "grün & [$1]"; echo careful >&2; exit 7',
      'sh',
      'a b',
    ]);
    expect(said).toEqual({ exitCode: 7, stdout: 'grün & [a b]\n', stderr: 'careful\n' });
    const much = await execCommand(access, pod, ['sh', '-c', 'yes 0123456789 | head -c 1000000']);
    expect(much.stdout).toHaveLength(1_000_000);
    await expect(execCommand(access, pod, ['/no/such/program'])).rejects.toThrow('/no/such/program');
    await expect(execCommand(access, { ...pod, name: 'absent' }, ['ls'])).rejects.toSatisfy(isNotFound);
    await expect(execCommand(access, pod, ['sleep', '60'], { signal: AbortSignal.timeout(300) })).rejects.toThrow(
      /timeout/,
    );
  });

  it('follows a log as it grows', async () => {
    const lines = await collect(client.logs({ namespace: name, name: podRef.name }, { follow: true, tailLines: 1 }), 5);
    const numbers = lines.map((line) => Number(line.replace('Zeile fünf ', '')));
    expect(numbers).toEqual(Array.from({ length: 5 }, (_, index) => (numbers[0] ?? 0) + index));
  });

  it('creates, applies, patches and deletes', async () => {
    const made = await client.createIfAbsent(configMap('crud', { a: '1' }));
    const path = `/api/v1/namespaces/${name}/configmaps/settings-crud`;
    expect([made.created, (await client.createIfAbsent(configMap('crud'))).created]).toEqual([true, false]);
    await client.apply(configMap('crud', { b: '2' }), { fieldManager: 'e2e' });
    await expect(client.apply(configMap('crud', { a: '9' }), { fieldManager: 'e2e' })).rejects.toSatisfy(isConflict);
    await client.patch(refTo('crud'), [{ op: 'add', path: '/data/c', value: '3' }], { type: 'json' });
    expect((await client.patch(refTo('crud'), { data: { a: null } })).data).toEqual({ b: '2', c: '3' });
    await expect(client.request('PUT', path, { body: made.object, contentType: 'application/json' })).rejects.toSatisfy(
      isConflict,
    );
    expect(await client.remove(refTo('crud'), { uid: 'another' })).toBe(false);
    expect(await client.remove(refTo('crud'), { uid: made.object.metadata.uid })).toBe(true);
    expect(await client.get(refTo('crud'))).toBeUndefined();
  });

  it('lists in pages', async () => {
    await Promise.all(Array.from({ length: 7 }, (_, index) => client.create(configMap(`page-${index}`))));
    const options = { namespace: name, labelSelector: 'test=e2e', limit: 2 };
    const { items } = await client.list({ apiVersion: 'v1', kind: 'ConfigMap' }, options);
    expect(items.filter(({ metadata }) => metadata.name.startsWith('settings-page-'))).toHaveLength(7);
  });

  it('says what is wrong with a token', async () => {
    const stranger = connectCluster({ ...(await administratorOf('source')), clientCert: undefined, token: 'wrong' });
    await expect(stranger.get(refTo('x'))).rejects.toMatchObject({ code: 401, retryable: false });
    await stranger.close();
  });

  it('misses nothing while its connections are cut again and again', async () => {
    const access = await administratorOf('source');
    const line = await cuttableLine(new URL(access.server));
    const far = connectCluster({ ...access, caBundle: undefined, insecure: true, server: line.url });
    const watch = far.watch({ apiVersion: 'v1', kind: 'ConfigMap' }, { namespace: name, labelSelector: 'cut=yes' });
    const seen: WatchEvent[] = [(await watch.next()).value as WatchEvent];
    const watching = (async () => {
      for await (const event of watch) {
        seen.push(event);
        if (event.type === 'DELETED') {
          return;
        }
      }
    })();

    const object = {
      ...configMap('cut', { step: '0' }),
      metadata: { ...configMap('cut').metadata, labels: { cut: 'yes' } },
    };
    await client.create(object);
    for (let step = 1; step <= 20; step++) {
      if (step % 5 === 0) {
        line.cut();
      }
      await client.patch(refTo('cut'), { data: { step: String(step) } });
    }
    await client.remove(refTo('cut'));
    await watching;
    const steps = seen.flatMap((event) => (event.type === 'MODIFIED' ? [event.object.data.step] : []));
    expect(steps).toEqual(Array.from({ length: 20 }, (_, index) => String(index + 1)));
    expect(seen.filter(({ type }) => type === 'SYNCED')).toHaveLength(1);
    await far.close();
    await line.close();
  });
});

/** A TCP line to the API server whose connections can be cut. */
async function cuttableLine(server: URL) {
  const sockets = new Set<Socket>();
  const listener = createServer((near) => {
    const far = connect(Number(server.port || 443), server.hostname);
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      from.on('error', () => undefined).on('close', () => to.destroy());
      from.pipe(to);
    }
  });
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const cut = () => {
    for (const socket of sockets) {
      socket.destroy();
    }
    sockets.clear();
  };
  return {
    url: `https://127.0.0.1:${(listener.address() as AddressInfo).port}`,
    cut,
    close: async () => {
      cut();
      listener.close();
      await once(listener, 'close');
    },
  };
}
