import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { plan } from './manifests.js';
import { envelope, message, number, text } from './protobuf-bytes.js';
import { NAMESPACE, OBJECTS_PATH, TestApi } from './test-api.js';

let api: TestApi;
beforeAll(async () => {
  api = await TestApi.start();
});
afterAll(() => api?.close());

const CONFIG_MAPS = `/api/v1/namespaces/${NAMESPACE}/configmaps`;
const EVENTS = `/api/v1/namespaces/${NAMESPACE}/events`;
// As typed clients in Go ask.
const HEADERS = {
  'Content-Type': 'application/vnd.kubernetes.protobuf',
  Accept: 'application/vnd.kubernetes.protobuf,application/json',
};

async function send(method: string, path: string, body: Buffer) {
  const response = await api.fetch(path, { method, body, headers: HEADERS });
  return { code: response.status, body: JSON.parse(await response.text()) };
}

describe('DeleteOptions in protobuf', () => {
  const background = text(4, 'Background');
  const make = (name: string) => api.request('POST', CONFIG_MAPS, { metadata: { name, labels: { group: 'some' } } });

  it('delete an object, with what they demand of it', async () => {
    const { body } = await make('one');
    const wrong = envelope('v1', 'DeleteOptions', message(2, text(1, 'another-uid')), background);
    expect((await send('DELETE', `${CONFIG_MAPS}/one`, wrong)).code).toBe(409);
    const right = envelope('v1', 'DeleteOptions', number(1, 0), message(2, text(1, body.metadata.uid)), background);
    expect((await send('DELETE', `${CONFIG_MAPS}/one`, right)).code).toBe(200);
    expect((await api.request('GET', `${CONFIG_MAPS}/one`)).code).toBe(404);
  });

  it('delete a collection, or try it', async () => {
    await make('two');
    await make('three');
    const path = `${CONFIG_MAPS}?labelSelector=group=some`;
    expect((await send('DELETE', path, envelope('v1', 'DeleteOptions', text(5, 'All')))).body.items).toHaveLength(2);
    expect((await api.request('GET', path)).body.items).toHaveLength(2);
    expect((await send('DELETE', path, envelope('v1', 'DeleteOptions'))).body.items).toHaveLength(2);
    expect((await api.request('GET', path)).body.items).toHaveLength(0);
  });

  it('delete objects of custom kinds', async () => {
    await api.create('migplans', plan('going'));
    const options = envelope('migration.openshift.io/v1alpha1', 'DeleteOptions', background);
    expect((await send('DELETE', `${OBJECTS_PATH}/migplans/going`, options)).code).toBe(200);
  });

  it('are refused for a way of deletion that there is none', async () => {
    await make('stays');
    expect((await send('DELETE', `${CONFIG_MAPS}/stays`, envelope('v1', 'DeleteOptions', text(4, 'Foo')))).code).toBe(
      422,
    );
    expect((await api.request('GET', `${CONFIG_MAPS}/stays`)).code).toBe(200);
  });
});

describe('an object in protobuf', () => {
  const owner = message(
    13,
    text(1, 'MigPlan'),
    text(3, 'shop'),
    text(4, 'uid-1'),
    text(5, 'migration.openshift.io/v1alpha1'),
    number(6, 1),
    number(7, 0),
  );
  const configMap = (value: string, ...more: Buffer[]) =>
    envelope(
      'v1',
      'ConfigMap',
      message(1, text(1, 'owned'), text(2, ''), text(3, NAMESPACE), text(5, ''), message(8), owner, ...more),
      message(2, text(1, 'key'), text(2, value)),
    );
  const owners = [
    {
      kind: 'MigPlan',
      name: 'shop',
      uid: 'uid-1',
      apiVersion: 'migration.openshift.io/v1alpha1',
      controller: true,
      blockOwnerDeletion: false,
    },
  ];

  it('keeps its owners when it is created and when it is updated', async () => {
    const created = await send('POST', CONFIG_MAPS, configMap('a'));
    expect([created.code, created.body.metadata.ownerReferences]).toEqual([201, owners]);
    const revision = text(6, created.body.metadata.resourceVersion);
    const created_ = message(8, number(1, 1_700_000_000));
    const updated = await send('PUT', `${CONFIG_MAPS}/owned`, configMap('b', revision, created_));
    expect([updated.code, updated.body.metadata.ownerReferences, updated.body.data]).toEqual([
      200,
      owners,
      { key: 'b' },
    ]);
  });

  it('can be an Event', async () => {
    const at = Math.floor(Date.now() / 1000);
    const event = envelope(
      'v1',
      'Event',
      message(1, text(1, 'shop.17a'), text(3, NAMESPACE)),
      message(2, text(1, 'MigPlan'), text(2, NAMESPACE), text(3, 'shop'), text(4, 'uid-1'), text(5, 'v1')),
      text(3, 'Seen'),
      text(4, 'It was seen.'),
      message(5, text(1, 'recorder'), text(2, '')),
      message(6, number(1, at), number(2, 0)),
      message(7, number(1, at), number(2, 0)),
      number(8, 1),
      text(9, 'Normal'),
      message(10, number(1, at), number(2, 123_456_000)),
      text(12, ''),
      text(14, 'recorder'),
      text(15, 'pod-1'),
    );
    const created = await send('POST', EVENTS, event);
    expect([created.code, created.body.message]).toEqual([201, 'It was seen.']);
    const time = new Date(at * 1000).toISOString();
    expect(created.body).toMatchObject({
      involvedObject: { kind: 'MigPlan', name: 'shop', uid: 'uid-1' },
      reason: 'Seen',
      source: { component: 'recorder' },
      firstTimestamp: time.replace('.000Z', 'Z'),
      count: 1,
      type: 'Normal',
      eventTime: time.replace('.000Z', '.123456Z'),
      reportingInstance: 'pod-1',
    });
    const json = await api.request('POST', EVENTS, {
      ...created.body,
      metadata: { name: 'again', namespace: NAMESPACE },
    });
    expect(json.code).toBe(201);
    const count = { 'Content-Type': 'application/strategic-merge-patch+json' };
    const counted = await api.request('PATCH', `${EVENTS}/again`, { count: 2 }, count);
    expect(counted.body.count).toBe(2);
    const elsewhere = { ...created.body, metadata: { name: 'elsewhere' }, involvedObject: { namespace: 'other' } };
    expect((await api.request('POST', EVENTS, elsewhere)).code).toBe(422);
  });

  it('is refused when its bytes are none', async () => {
    for (const body of [
      Buffer.from('k8s\0\xff\xff', 'latin1'),
      Buffer.from('nothing'),
      Buffer.from('k8s\0', 'latin1'),
    ]) {
      expect([400, 415]).toContain((await send('POST', CONFIG_MAPS, body)).code);
    }
  });
});
