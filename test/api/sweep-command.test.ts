import path from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SYSTEM_ACTOR } from '../../migrations-db/migration-store.js';
import { sweepsRequested } from '../../resources/kinds/sweep-request.js';
import { plan } from './manifests.js';
import { NAMESPACE, TestApi } from './test-api.js';

let api: TestApi;
beforeAll(async () => {
  api = await TestApi.start();
});
afterAll(() => api?.close());

const sweep = (name: string, ...more: string[]) =>
  execa('tsx', ['commands/sweep.ts', '--plan', name, '--kubeconfig', path.join(api.folder, 'kubeconfig'), ...more], {
    preferLocal: true,
    stdin: 'ignore',
    reject: false,
  });

/** As the worker does, once it was asked. */
async function answer(name: string, lastSweep: { removed: number; errors?: string[] }): Promise<void> {
  const key = { kind: 'MigPlan', namespace: NAMESPACE, name };
  const asked = async () => {
    const found = await api.store.resources.get(key);
    return found ? sweepsRequested(found) : 0;
  };
  await expect.poll(asked, { timeout: 30_000 }).toBe(1);
  await api.store.resources.update(
    key,
    (current) => ({ ...current, status: { lastSweep: { at: 'now', ...lastSweep, request: 1 } } }),
    { actor: SYSTEM_ACTOR },
  );
}

describe('npm run sweep', () => {
  it('waits for the sweep and tells that nothing is left: 0', async () => {
    await api.create('migplans', plan('clean'));
    const [result] = await Promise.all([sweep('clean'), answer('clean', { removed: 3 })]);
    expect(result).toMatchObject({ exitCode: 0, stderr: '' });
    expect(result.stdout).toContain(`MigPlan ${NAMESPACE}/clean: 3 objects`);
  });

  it('names what is left: 1', async () => {
    await api.create('migplans', plan('dirty'));
    const errors = ['Cluster source: it does not answer.'];
    const [result] = await Promise.all([
      sweep('dirty', '--namespace', NAMESPACE),
      answer('dirty', { removed: 0, errors }),
    ]);
    expect(result.exitCode).toBe(1);
    expect(result.stdout).toContain('0 objects');
    expect(result.stderr).toContain('Cluster source: it does not answer.');
  });

  it.each([
    ['a plan that is not there', ['missing'], /missing.*not found/i],
    ['an address that nothing answers at', ['clean', '--url', 'https://127.0.0.1:1'], /was not swept/],
    ['a kubeconfig that is not there', ['clean', '--kubeconfig', 'nowhere'], /nowhere/],
    ['a time that is none', ['clean', '--timeout', 'soon'], /whole seconds/],
  ] as [string, [string, ...string[]], RegExp][])('says why it cannot be asked for of %s: 2', async (_, args, why) => {
    const result = await sweep(...args);
    expect(result.exitCode).toBe(2);
    expect(result.stderr).toMatch(why);
    expect(result.stdout).toBe('');
  });

  it('does not wait for ever: 3', async () => {
    await api.create('migplans', plan('slow'));
    const result = await sweep('slow', '--timeout', '8');
    expect(result.exitCode).toBe(3);
    expect(result.stderr).toContain('has not ended within 8 s');
    const { metadata } = (await api.store.resources.get({ kind: 'MigPlan', namespace: NAMESPACE, name: 'slow' })) ?? {};
    expect(metadata?.annotations).toMatchObject({ 'migration.openshift.io/sweeps-requested': '1' });
  });
});
