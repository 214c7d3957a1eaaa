import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocketServer } from 'ws';
import type { ClusterClient } from '../../../../clusters/cluster-client.js';
import { connectCluster } from '../../../../clusters/connect-cluster.js';
import { execCommand } from '../../cluster/exec-command.js';
import { configMap, events, FakeApiServer, json, status } from '../../fakes/fake-api-server.js';
import { ApiProxy } from './api-proxy.js';
import { failing, forgettingThePast, shortWatches, slow } from './disturbances.js';
import { killAt } from './kill-point.js';

const TYPE = { apiVersion: 'v1', kind: 'ConfigMap' } as const;
const REF = { ...TYPE, namespace: 'shop', name: 'a' };

let api: FakeApiServer;
let proxy: ApiProxy;
let client: ClusterClient;

beforeEach(async () => {
  api = await FakeApiServer.start();
  proxy = await ApiProxy.start(api.access);
  client = connectCluster(proxy.through(api.access), { retryPause: 1 });
});

afterEach(async () => {
  await proxy[Symbol.asyncDispose]();
  await client.close();
  await api[Symbol.asyncDispose]();
});

const list = (version: string) => json(200, { metadata: { resourceVersion: version }, items: [] });

describe('a proxy', () => {
  it('passes calls on with their token, and answers back', async () => {
    api.answer(json(201, configMap('a')), status(404, 'NotFound'));
    expect((await client.create(configMap('a'))).metadata.uid).toBe('uid-of-a');
    expect(await client.get(REF)).toBeUndefined();
    expect(api.requests[0]).toMatchObject({
      method: 'POST',
      path: '/api/v1/namespaces/shop/configmaps',
      headers: { authorization: 'Bearer planted-secret-token' },
      body: { kind: 'ConfigMap' },
    });
  });

  it('passes events of a watch on as they come', async () => {
    api.answer(list('1'), events([{ type: 'ADDED', object: configMap('a', '2') }], 'silence'));
    const watch = client.watch(TYPE);
    expect((await watch.next()).value).toMatchObject({ type: 'SYNCED' });
    expect((await watch.next()).value).toMatchObject({ type: 'ADDED' });
    await watch.return(undefined);
  });

  it('passes commands on', async () => {
    const sockets = new WebSocketServer({ server: api.server, handleProtocols: ([first]) => first ?? false });
    sockets.on('connection', (socket) => {
      socket.send(Buffer.from('\u0001hello'));
      socket.send(Buffer.from('\u0003{"status":"Success"}'), () => socket.close());
    });
    const pod = { namespace: 'shop', name: 'web-0' };
    const done = await execCommand(proxy.through(api.access), pod, ['echo', 'hello']);
    expect(done).toEqual({ exitCode: 0, stdout: 'hello', stderr: '' });
    sockets.close();
  });

  it('may go away and come back at its address', async () => {
    api.answer(json(200, configMap('a')));
    await client.get(REF);
    await proxy.goAway();
    await expect(client.get(REF)).rejects.toMatchObject({ code: 0 });
    await proxy.comeBack();
    expect(await client.get(REF)).toBeDefined();
  });
});

describe('a kill point', () => {
  it('strikes at the k-th mutation that was done, which the client never hears of', async () => {
    api.answer(json(201, configMap('a')), status(409, 'AlreadyExists'), json(200, { status: {} }));
    let killed = 0;
    const point = killAt([proxy], { k: 2, moment: 'unheard' }, async () => {
      killed += 1;
    });
    await client.create(configMap('a'));
    await expect(client.create(configMap('a'))).rejects.toThrow();
    await client.accessReview({ verb: 'get', group: '', resource: 'pods' });
    expect([point.mutations, killed]).toEqual([1, 0]);
    await expect(client.patch(REF, { data: {} })).rejects.toMatchObject({ code: 0 });
    expect([point.struckAt, killed]).toEqual(['PATCH /api/v1/namespaces/shop/configmaps/a', 1]);
    await client.patch(REF, { data: {} }, { dryRun: true });
    await client.patch(REF, { data: {} });
    expect([point.mutations, killed]).toEqual([3, 1]);
  });

  it('may let the client hear of it first', async () => {
    api.answer(json(201, configMap('a')));
    const order: string[] = [];
    const { struck } = killAt([proxy], { k: 1, moment: 'heard' }, async () => void order.push('killed'));
    expect(await client.create(configMap('a'))).toBeDefined();
    await struck;
    expect(order).toEqual(['killed']);
  });
});

describe('a disturbance', () => {
  it('lets a share of the calls fail, the same ones for the same seed', async () => {
    api.answer(json(200, configMap('a')));
    // What the cluster serves is known from now on.
    await client.get(REF);
    const outcomes = async (seed: number): Promise<string> => {
      const undo = proxy.meddle(failing(0.5, seed));
      let seen = '';
      for (let call = 0; call < 12; call += 1) {
        seen += await client.patch(REF, {}).then(
          () => '.',
          ({ code }: { code: number }) => (code === 0 ? 'x' : code === 500 ? '5' : '?'),
        );
      }
      undo();
      return seen;
    };
    const [first, again] = [await outcomes(7), await outcomes(7)];
    expect(again).toBe(first);
    for (const outcome of ['.', 'x', '5']) expect(first).toContain(outcome);
  });

  it('ends watches, and forgets where they stood', async () => {
    const forgetting = forgettingThePast();
    proxy.meddle(shortWatches(0.05));
    proxy.meddle(forgetting);
    api.answer(list('1'), events([], 'silence'), list('2'), events([], 'silence'));
    const synced: unknown[] = [];
    for await (const event of client.watch(TYPE)) {
      if (event.type === 'SYNCED') synced.push(event.resourceVersion);
      if (synced.length === 2) break;
    }
    expect(synced).toEqual(['1', '2']);
    expect(forgetting.forgotten).toBe(1);
  });

  it('makes calls slow', async () => {
    api.answer(json(200, configMap('a')));
    proxy.meddle(slow(60));
    const begun = performance.now();
    await client.get(REF);
    expect(performance.now() - begun).toBeGreaterThan(59);
  });
});
