import { expect, it } from 'vitest';
import { FakeApiServer, json } from '../test/kit/fakes/fake-api-server.js';
import { createClusterPool } from './cluster-pool.js';

const cluster = { namespace: 'openshift-migration', name: 'source' };

it('keeps a client until address or credentials change', async () => {
  await using api = await FakeApiServer.start();
  api.answer(json(200, { major: '1', minor: '36', gitVersion: 'v1.36.3' }));
  let revision = '1';
  const pool = createClusterPool(async () => ({
    uid: 'u1',
    revision,
    access: { ...api.access, token: `token-${revision}` },
  }));

  const first = await pool.connect(cluster);
  expect(await pool.connect(cluster)).toBe(first);
  const inFlight = first.version();
  revision = '2';
  const second = await pool.connect(cluster);
  expect(second).not.toBe(first);
  await inFlight;
  await expect(first.version()).rejects.toThrow('has been closed');
  await second.version();
  expect(api.requests.map(({ headers }) => headers.authorization)).toEqual(['Bearer token-1', 'Bearer token-2']);

  await pool.close();
  await expect(second.version()).rejects.toThrow('has been closed');
});

it('tells a cluster that was deleted and made again from the first', async () => {
  await using api = await FakeApiServer.start();
  let uid = 'u1';
  const pool = createClusterPool(async () => ({ uid, revision: '1', access: api.access }));
  const first = await pool.connect(cluster);
  uid = 'u2';
  expect(await pool.connect(cluster)).not.toBe(first);
  await pool.close();
});

it('lets go of clients that have not been asked for anything, not of one with a watch', async () => {
  await using api = await FakeApiServer.start();
  api.answer(json(200, { major: '1', minor: '36', gitVersion: 'v1.36.3' }));
  const pool = createClusterPool(
    async ({ name }) => ({ uid: `uid-of-${name}`, revision: '1', access: { ...api.access, name } }),
    { idle: 50 },
  );
  const connect = (name: string) => pool.connect({ namespace: 'openshift-migration', name });
  const deleted = await connect('deleted');
  await deleted.version();
  const watched = await connect('watched');
  await watched.resourceOf({ apiVersion: 'v1', kind: 'Pod' });
  api.answer((_request, response) => void response.writeHead(200).write('line\n'));
  const log = watched.logs({ namespace: 'shop', name: 'web' }, { follow: true });
  await log.next();
  await new Promise((resolve) => setTimeout(resolve, 100));

  await connect('other');
  await expect(deleted.version()).rejects.toThrow('has been closed');
  expect(await connect('watched')).toBe(watched);
  await log.return();
  expect(await connect('deleted')).not.toBe(deleted);
  await pool.close();
});
