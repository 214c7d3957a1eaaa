import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clientProgram, pythonPrograms } from '../../kit/clients/client-programs.js';
import { plan } from '../manifests.js';
import { NAMESPACE, OBJECTS_PATH, TestApi } from '../test-api.js';

const fileOf = (name: string) => fileURLToPath(new URL(name, import.meta.url));

let api: TestApi;
beforeAll(async () => {
  api = await TestApi.start();
});
afterAll(() => api?.close());

/** For the program alone: its caches, and no settings of who runs the tests. */
const env = () => ({ PATH: process.env.PATH, HOME: api.folder, KUBECONFIG: api.kubeconfig });
const run = (program: string, args: string[]) =>
  execa(program, args, { env: env(), extendEnv: false, all: true, reject: false });

describe('Go', () => {
  it('client-go and controller-runtime', async () => {
    const { all, exitCode } = await run(await clientProgram('controller'), []);
    const lines = (all ?? '').split('\n').filter((line) => /^(ok|failed) /.test(line));
    expect({ exitCode, failed: lines.filter((line) => line.startsWith('failed')) }).toEqual({
      exitCode: 0,
      failed: [],
    });
    expect(lines).toHaveLength(10);
    expect(all).not.toContain('planted-value');
  });
});

describe('Helm 3, with releases in Secrets', () => {
  it('installs, upgrades, lists, rolls back and uninstalls', async () => {
    const program = await clientProgram('helm');
    const helm = async (...args: string[]) => {
      const { all, exitCode } = await run(program, [...args, '--namespace', NAMESPACE]);
      expect({ command: args.join(' '), exitCode, all }).toMatchObject({ exitCode: 0 });
      return all ?? '';
    };
    const notes = async () =>
      (await api.request('GET', `/api/v1/namespaces/${NAMESPACE}/configmaps/shop-notes`)).body.data;
    await helm('install', 'shop', fileOf('chart'));
    expect(await helm('list')).toMatch(/shop\s+openshift-migration\s+1\s.*deployed/);
    await helm('upgrade', 'shop', fileOf('chart'), '--set', 'note=second,extra=more');
    expect(await notes()).toEqual({ note: 'second', extra: 'more' });
    expect(await helm('get', 'values', 'shop')).toContain('note: second');
    await helm('rollback', 'shop', '1');
    expect(await notes()).toEqual({ note: 'first' });
    expect((await helm('history', 'shop')).split('\n')).toHaveLength(4);
    await helm('uninstall', 'shop');
    expect(await helm('list', '--all', '--short')).toBe('');
    expect((await api.request('GET', `${OBJECTS_PATH}/migplans/shop`)).code).toBe(404);
    expect((await api.request('GET', `/api/v1/namespaces/${NAMESPACE}/secrets`)).body.items).toEqual([]);
  });
});

describe('Python', () => {
  it.each(['31.0.0', '37.0.2'])('kubernetes %s', async (version) => {
    const python = path.join(await pythonPrograms(`kubernetes==${version}`), 'python');
    const { all, exitCode } = await run(python, [fileOf('python/client_program.py')]);
    const life = 'ADDED MODIFIED DELETED';
    expect({ exitCode, seen: (all ?? '').split('\n') }).toEqual({
      exitCode: 0,
      seen: [`custom ${life}`, `core ${life}`, `dynamic ${life}`, 'applied Apply', 'finalizer 0'],
    });
  });

  it('kopf', async () => {
    const kopf = path.join(await pythonPrograms('kopf==1.45.2'), 'kopf');
    const args = ['run', '--namespace', NAMESPACE, fileOf('python/plan_operator.py')];
    const operator = execa(kopf, args, { env: env(), extendEnv: false, all: true, reject: false });
    const label = async () =>
      (await api.request('GET', `${OBJECTS_PATH}/migplans/handled`)).body.metadata?.labels?.kopf;
    try {
      await api.create('migplans', plan('handled'));
      await expect.poll(label, { timeout: 60_000 }).toBe('created');
      await api.patch('migplans', 'handled', { spec: { closed: true } });
      await expect.poll(label, { timeout: 30_000 }).toBe('closed');
      await api.request('DELETE', `${OBJECTS_PATH}/migplans/handled`);
      const gone = async () => (await api.request('GET', `${OBJECTS_PATH}/migplans/handled`)).code;
      await expect.poll(gone, { timeout: 30_000 }).toBe(404);
    } finally {
      operator.kill();
    }
    expect((await operator).all).toContain('deleted handled');
  });
});
