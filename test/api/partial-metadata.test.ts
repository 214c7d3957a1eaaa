import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { plan } from './manifests.js';
import { OBJECTS_PATH, TestApi } from './test-api.js';

let api: TestApi;
beforeAll(async () => {
  api = await TestApi.start();
  await api.create('migplans', plan('shop'));
});
afterAll(() => api?.close());

const PLANS = `${OBJECTS_PATH}/migplans`;
const form = (as: string) => `application/json;as=${as};g=meta.k8s.io;v=v1`;
// As the metadata client of client-go asks.
const object = {
  Accept: `application/vnd.kubernetes.protobuf;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,${form('PartialObjectMetadata')}`,
};
const list = { Accept: form('PartialObjectMetadataList') };

const partial = (name: string) => ({
  kind: 'PartialObjectMetadata',
  apiVersion: 'meta.k8s.io/v1',
  metadata: expect.objectContaining({ name }),
});

it('an object is answered with its metadata alone', async () => {
  expect((await api.request('GET', `${PLANS}/shop`, undefined, object)).body).toEqual(partial('shop'));
  const headers = { ...object, 'Content-Type': 'application/merge-patch+json' };
  expect((await api.request('PATCH', `${PLANS}/shop`, {}, headers)).body).toEqual(partial('shop'));
});

it('a list is one of metadata', async () => {
  expect((await api.request('GET', PLANS, undefined, list)).body).toEqual({
    kind: 'PartialObjectMetadataList',
    apiVersion: 'meta.k8s.io/v1',
    metadata: { resourceVersion: expect.any(String) },
    items: [partial('shop')],
  });
});

it('a watch tells of metadata, bookmarks too', async () => {
  const query = 'watch=1&sendInitialEvents=1&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=1';
  const watch = await api.watch(`${PLANS}?${query}`, object);
  await api.create('migplans', plan('second'));
  await vi.waitFor(() => expect(watch.events).toHaveLength(3));
  watch.stop();
  expect(watch.events[0]).toEqual({ type: 'ADDED', object: partial('shop') });
  expect(watch.events[1]).toMatchObject({
    type: 'BOOKMARK',
    object: {
      kind: 'PartialObjectMetadata',
      apiVersion: 'meta.k8s.io/v1',
      metadata: { resourceVersion: expect.any(String) },
    },
  });
  expect(watch.events[2]).toEqual({ type: 'ADDED', object: partial('second') });
});
