import { afterAll, beforeAll, expect, it } from 'vitest';
import type { KubeObject } from '../resources/meta/kube-object.js';
import { ANNOTATIONS } from '../resources/meta/labels.js';
import { refOf, runHook, runRecord } from '../test/kit/fakes/recorded-run.js';
import { startTemporaryStore, type TemporaryStore } from '../test/kit/postgres/temporary-store.js';
import { parseEncryptionKeys } from './encryption.js';
import { SealedFields } from './sealed-fields.js';

const actor = { name: 'alice' };
const key = { kind: 'MigHook', namespace: 'openshift-migration', name: 'drain' };
const base64 = (text: string) => Buffer.from(text).toString('base64');
const FIRST = base64('- hosts: localhost # hunter2');
const SECOND = base64('- hosts: localhost # swordfish');

let temporary: TemporaryStore;

beforeAll(async () => {
  temporary = await startTemporaryStore();
});
afterAll(() => temporary?.remove());

const hookOf = (playbook: string): KubeObject => ({
  apiVersion: 'migration.openshift.io/v1alpha1',
  kind: 'MigHook',
  metadata: {
    namespace: key.namespace,
    name: key.name,
    annotations: { [ANNOTATIONS.lastApplied]: JSON.stringify({ spec: { playbook } }), note: 'kept' },
  },
  spec: { custom: false, playbook, targetCluster: 'source' },
});

/** All that the tables hold, as a dump of the database would show it. */
async function dump(): Promise<string> {
  const tables = ['resources', 'changes', 'runs', 'outbox'];
  const answers = await Promise.all(
    tables.map((table) => temporary.sql<{ row: string }>(`SELECT t::text AS row FROM ${table} t`)),
  );
  return answers
    .flat()
    .map(({ row }) => row)
    .join('\n');
}

it('a playbook is read as it was written, and stands nowhere in the database', async () => {
  const { resources, runs } = temporary.store;
  const from = await resources.currentRevision();
  const hook = await resources.create(hookOf(FIRST), { actor });
  expect(hook.spec.playbook).toBe(FIRST);
  const seen: unknown[] = [];
  const updated = await resources.update(
    key,
    (current) => {
      seen.push(current.spec.playbook);
      return { ...current, spec: { ...current.spec, playbook: SECOND } };
    },
    { actor },
  );
  seen.push(updated.spec.playbook, (await resources.get(key))?.spec.playbook);
  seen.push(...(await resources.list({ kind: 'MigHook' })).items.map(({ spec }) => spec.playbook));
  expect(seen).toEqual([FIRST, SECOND, SECOND, SECOND]);
  const changes = await resources.changesAfter(from, { kind: 'MigHook' }, 10);
  expect(changes.map(({ object, previous }) => [previous?.spec.playbook, object.spec.playbook])).toEqual([
    [undefined, FIRST],
    [FIRST, SECOND],
  ]);
  expect(changes[0]?.object.metadata.annotations).toEqual(hookOf(FIRST).metadata.annotations);

  const hookOfRun = runHook(SECOND);
  const record = runRecord({ hooks: [hookOfRun] });
  const row = { ref: refOf(record), itinerary: 'Final', state: 'Running', workflowId: 'w' } as const;
  expect((await runs.freeze(row, record)).hooks?.[0]?.playbook).toBe(SECOND);
  expect((await runs.record(row.ref)).hooks?.[0]).toEqual(hookOfRun);

  const all = await dump();
  expect(all).toContain('drain');
  for (const text of [FIRST, SECOND, 'hunter2', 'swordfish']) expect(all).not.toContain(text);
});

it('a write that changes nothing is none', async () => {
  const before = await temporary.store.resources.get(key);
  const after = await temporary.store.resources.update(key, (current) => current, { actor });
  expect(after.metadata.resourceVersion).toBe(before?.metadata.resourceVersion);
  expect(after.metadata.generation).toBe(before?.metadata.generation);
});

it('what no key opens reads as empty, and is kept while nothing else is written', () => {
  const keysOf = (letter: string) => parseEncryptionKeys(Buffer.alloc(32, letter).toString('base64'));
  const hook = hookOf(FIRST);
  hook.metadata.uid = 'u';
  const stored = new SealedFields(keysOf('a')).seal(hook);
  const other = new SealedFields(keysOf('b'));
  const read = other.open(stored);
  expect(read.spec.playbook).toBe('');
  expect(other.seal(read, stored)).toEqual(stored);
  const copied: KubeObject = { ...stored, metadata: { ...stored.metadata, uid: 'another' } };
  expect(new SealedFields(keysOf('a')).open(copied).spec.playbook).toBe('');
});
