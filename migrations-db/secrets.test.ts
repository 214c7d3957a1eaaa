import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { KubeObject } from '../resources/meta/kube-object.js';
import { startTemporaryStore, type TemporaryStore } from '../test/kit/postgres/temporary-store.js';
import { SECRET_MARKER } from './mask-last-applied.js';
import type { MigrationStore } from './migration-store.js';

const namespace = 'openshift-config';
const actor = { name: 'alice' };
const base64 = (text: string) => Buffer.from(text).toString('base64');
let temporary: TemporaryStore;
let store: MigrationStore;

beforeAll(async () => {
  temporary = await startTemporaryStore();
  store = temporary.store;
});

afterAll(() => temporary?.remove());

const secret = (name: string, body: Partial<KubeObject>): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Secret',
  type: 'Opaque',
  ...body,
  metadata: { ...body.metadata, name, namespace },
});
const key = (name: string) => ({ kind: 'Secret', namespace, name });
const update = (name: string, change: (current: KubeObject) => KubeObject) =>
  store.resources.update(key(name), change, { actor });
const valuesOf = async (name: string) => {
  const found = await store.secrets.read(namespace, name);
  return found && Object.fromEntries(Object.entries(found.values).map(([at, value]) => [at, value.toString()]));
};

describe('Secrets', () => {
  it('never show a value: not on create, update, get, list, in the log, nor on the last read of a deletion', async () => {
    const created = await store.resources.create(
      secret('shown', {
        data: { token: base64('first-value') },
        stringData: { plain: 'plain-value' },
        metadata: {
          name: '',
          annotations: { 'kubectl.kubernetes.io/last-applied-configuration': 'first-value', note: 'kept' },
        },
      }),
      { actor },
    );
    expect(created.data).toEqual({ token: SECRET_MARKER, plain: SECRET_MARKER });
    expect(created).not.toHaveProperty('stringData');
    expect(created.metadata.annotations).toEqual({ note: 'kept' });
    expect(await valuesOf('shown')).toEqual({ token: 'first-value', plain: 'plain-value' });

    const seen: unknown[] = [created];
    const updated = await update('shown', (current) => {
      seen.push(structuredClone(current));
      return { ...current, data: { ...current.data, token: base64('second-value') } };
    });
    seen.push(updated, await store.resources.get(key('shown')), await store.resources.list({ kind: 'Secret' }));
    expect(await valuesOf('shown')).toEqual({ token: 'second-value', plain: 'plain-value' });
    seen.push(await store.resources.remove(key('shown'), { actor }));
    seen.push(await store.resources.changesAfter('1', { kind: 'Secret' }, 100));
    expect(await store.secrets.read(namespace, 'shown')).toBeUndefined();
    for (const value of ['first-value', 'second-value', 'plain-value']) {
      expect(JSON.stringify(seen)).not.toContain(value);
      expect(JSON.stringify(seen)).not.toContain(base64(value));
    }
  });

  it('keep the stored value under the marker, drop what is left out, and grow their revision with each change', async () => {
    await store.resources.create(secret('edited', { data: { a: base64('1'), b: base64('2'), c: base64('3') } }), {
      actor,
    });
    const before = await store.secrets.read(namespace, 'edited');
    const unchanged = await update('edited', (current) => ({ ...current, data: { ...current.data, b: base64('2') } }));
    // Whoever sends a value does not learn whether it was stored.
    expect(BigInt(unchanged.metadata.resourceVersion ?? 0)).toBeGreaterThan(BigInt(before?.revision ?? 0));
    const kept = await update('edited', (current) => current);
    expect(kept.metadata.resourceVersion).toBe(unchanged.metadata.resourceVersion);
    await update('edited', (current) => ({
      ...current,
      data: { a: SECRET_MARKER, b: base64('two') },
      stringData: { d: 'four' },
    }));
    expect(await valuesOf('edited')).toEqual({ a: '1', b: 'two', d: 'four' });
    const after = await store.secrets.read(namespace, 'edited');
    expect(BigInt(after?.revision ?? 0)).toBeGreaterThan(BigInt(before?.revision ?? 0));
    await update('edited', ({ data, ...current }) => current);
    expect(await valuesOf('edited')).toEqual({});
  });

  it('tell watchers of a value that changed, though nothing to be seen did', async () => {
    const { metadata } = await store.resources.create(secret('rotated', { stringData: { token: 'old' } }), { actor });
    await update('rotated', (current) => ({ ...current, stringData: { token: 'new' } }));
    const changes = await store.resources.changesAfter(metadata.resourceVersion ?? '', { kind: 'Secret' }, 10);
    expect(changes.map(({ type, name }) => `${type} ${name}`)).toEqual(['MODIFIED rotated']);
  });

  it('hold bytes and empty values', async () => {
    const bytes = Buffer.from([0, 255, 10, 0]);
    await store.resources.create(secret('bytes', { data: { bytes: bytes.toString('base64'), empty: '' } }), { actor });
    const found = await store.secrets.read(namespace, 'bytes');
    expect(found?.values).toEqual({ bytes, empty: Buffer.alloc(0) });
    expect(await store.secrets.read(namespace, 'absent')).toBeUndefined();
  });

  it('refuse a value that is not valid base64 and a marker that stands for nothing', async () => {
    const refused = (data: Record<string, string>) =>
      expect(store.resources.create(secret('refused', { data }), { actor })).rejects.toMatchObject({
        reason: 'Invalid',
      });
    await refused({ token: 'not base64!' });
    await refused({ token: SECRET_MARKER });
    expect(await store.resources.get(key('refused'))).toBeUndefined();
  });

  it('leave no trace of a dry run', async () => {
    await store.resources.create(secret('dry', { stringData: { a: '1' } }), { actor });
    const change = (current: KubeObject) => ({ ...current, stringData: { a: '2' } });
    await store.resources.update(key('dry'), change, { actor, dryRun: true });
    await store.resources.remove(key('dry'), { actor, dryRun: true });
    expect(await valuesOf('dry')).toEqual({ a: '1' });
  });

  it('are in no table in plain text', async () => {
    const value = 'very-recognizable-value-0123456789';
    await store.resources.create(
      secret('hidden', {
        stringData: { kubeconfig: value },
        metadata: { name: '', annotations: { 'kubectl.kubernetes.io/last-applied-configuration': `{"a":"${value}"}` } },
      }),
      { actor },
    );
    await update('hidden', (current) => ({ ...current, data: { kubeconfig: base64(`${value}!`) } }));
    const tables = await temporary.sql<{ name: string }>(
      "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public'",
    );
    expect(tables.length).toBeGreaterThan(10);
    const forms = [value, base64(value).slice(0, -4), Buffer.from(value).toString('hex')];
    for (const { name } of tables) {
      // As text, bytea columns show in hex.
      const rows = await temporary.sql<{ text: string }>(`SELECT t::text AS text FROM "${name}" t`);
      const text = rows.map((row) => row.text).join('\n');
      expect(forms.filter((form) => text.includes(form))).toEqual([]);
    }
  });

  it('keep the last-applied annotation of other kinds, which kubectl apply compares with', async () => {
    const annotations = { 'kubectl.kubernetes.io/last-applied-configuration': '{}' };
    const map = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'map', namespace, annotations }, data: {} };
    expect((await store.resources.create(map, { actor })).metadata.annotations).toEqual(annotations);
  });
});
