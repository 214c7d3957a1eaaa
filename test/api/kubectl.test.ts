import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { manifests, plan } from './manifests.js';
import { NAMESPACE, OBJECTS_PATH, TestApi } from './test-api.js';

let api: TestApi;
beforeAll(async () => {
  api = await TestApi.start();
});
afterAll(() => api?.close());

describe('kubectl with the manifests of MTC', () => {
  it('applies them all, and a second time changes nothing but the values of Secrets', async () => {
    const first = await api.apply(manifests());
    // kubectl's notice about the one object that was there before.
    expect(first.stderr).toMatch(/^Warning: resource migrationcontrollers\/migration-controller is missing [^\n]*\n$/);
    expect(first.stdout.trim().split('\n')).toHaveLength(manifests().length);
    expect(first.stdout).toContain('migplan.migration.openshift.io/shop created');
    const revision = await api.store.resources.currentRevision();

    const withoutSecrets = manifests().filter(({ kind }) => kind !== 'Secret');
    const second = await api.apply(withoutSecrets);
    expect(second.stderr).toBe('');
    expect(second.stdout.trim().split('\n')).toEqual(withoutSecrets.map(() => expect.stringMatching(/ unchanged$/)));

    expect(await api.store.resources.currentRevision()).toBe(revision);

    // A value that is sent is written: neither kubectl nor its user learns whether it is the same.
    const secrets = manifests().filter(({ kind }) => kind === 'Secret');
    expect((await api.apply(secrets)).stdout.match(/ configured$/gm)).toHaveLength(secrets.length);
    expect(Number(await api.store.resources.currentRevision())).toBe(Number(revision) + secrets.length);
  });

  it('applies a list, as `kubectl get -o yaml` writes it, and refuses what is wrong in it', async () => {
    const item = (name: string, more: object = {}) => ({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name, namespace: NAMESPACE },
      data: { key: 'value' },
      ...more,
    });
    const list = (...items: object[]) => [{ apiVersion: 'v1', kind: 'List', items }];
    const applied = await api.apply(list(item('one'), item('two')));
    expect(applied).toMatchObject({ code: 0, stdout: 'configmap/one created\nconfigmap/two created\n' });
    const again = await api.apply(list(item('one'), item('two')));
    expect(again.stdout).toBe('configmap/one unchanged\nconfigmap/two unchanged\n');
    const written = await api.kubectl('get', 'configmaps', 'one', 'two', '-o', 'json');
    expect(await api.apply([JSON.parse(written.stdout)])).toMatchObject({ code: 0, stderr: '' });
    const wrong = await api.apply(list(item('three', { dada: {} })));
    expect(wrong.code).toBe(1);
    expect(wrong.stderr).toContain('dada');
  });

  it('lists the kinds', async () => {
    const { stdout } = await api.kubectl('api-resources');
    for (const name of ['migclusters', 'migplans', 'migmigrations', 'migrationcontrollers', 'secrets', 'events']) {
      expect(stdout).toContain(`${name} `);
    }
    expect(stdout).toMatch(
      /directvolumemigrations +dvm +migration.openshift.io\/v1alpha1 +true +DirectVolumeMigration/,
    );
  });

  it('shows columns that say what matters', async () => {
    const conditions = [
      { type: 'Ready', status: 'True', category: 'Required', message: 'The plan is ready.', lastTransitionTime: '' },
    ];
    await api.store.resources.update(
      { kind: 'MigPlan', namespace: NAMESPACE, name: 'shop' },
      (current) => ({ ...current, status: { conditions } }),
      { actor: { name: 'test' } },
    );
    const plans = await api.kubectl('get', 'migplans');
    expect(plans.stdout).toMatch(
      /^NAME +READY +SOURCE +TARGET +STORAGE +AGE\nshop +True +source +host +repository +\d+/,
    );
    const migrations = await api.kubectl('get', 'migmigrations', '-A');
    expect(migrations.stdout).toMatch(/^NAMESPACE +NAME +READY +PLAN +STAGE +ROLLBACK +ITINERARY +STATUS +DOWN +AGE/);
    const several = await api.kubectl('get', 'migclusters,migstorages', '-o', 'wide');
    expect(several.stdout).toContain('https://api.source.example.com:6443');
  });

  it('watches', async () => {
    const watch = api.follow('get', 'migplans', '-w', '--output-watch-events');
    await vi.waitFor(() => expect(watch.lines).toHaveLength(2), { timeout: 10_000 });
    await api.create('migplans', plan('watched'));
    await api.patch('migplans', 'watched', { spec: { migStorageRef: { name: 'other' } } });
    await api.kubectl('delete', 'migplan', 'watched');
    await vi.waitFor(() => expect(watch.lines).toHaveLength(5), { timeout: 10_000 });
    watch.stop();
    expect(watch.lines.slice(2)).toEqual([
      expect.stringMatching(/^ADDED +watched /),
      expect.stringMatching(/^MODIFIED +watched +other /),
      expect.stringMatching(/^DELETED +watched /),
    ]);
  });

  it('describes an object with its events', async () => {
    const object = await api.store.resources.get({ kind: 'MigMigration', namespace: NAMESPACE, name: 'shop-cutover' });
    const about = { kind: 'MigMigration', namespace: NAMESPACE, name: 'shop-cutover', uid: object?.metadata.uid ?? '' };
    await api.store.events.record({ about, type: 'Normal', reason: 'Running', message: 'Step: 2/47' });
    await api.store.events.record({
      about: { ...about, name: 'other', uid: 'other' },
      type: 'Normal',
      reason: 'Running',
      message: 'of another object',
    });
    const { stdout } = await api.kubectl('describe', 'migmigration', 'shop-cutover');
    expect(stdout).toMatch(/Quiesce Pods: +true/);
    expect(stdout).toMatch(/Normal +Running +\S+ .*Step: 2\/47/);
    expect(stdout).not.toContain('of another object');
  });

  it('explains fields in words', async () => {
    const spec = await api.kubectl('explain', 'migmigration.spec.quiescePods');
    expect(spec.stdout).toContain('True to scale the application down on the source');
    const entry = await api.kubectl('explain', 'migplan.spec.persistentVolumes.selection.action');
    expect(entry.stdout).toMatch(/ENUM:\s+copy\s+move\s+skip/);
    const status = await api.kubectl('explain', 'migplan.status.conditions');
    expect(status.stdout).toContain('lastTransitionTime');
    expect((await api.kubectl('explain', 'secret.data')).stdout).toContain('base64');
  });

  it('patches, labels, annotates and edits', async () => {
    await api.create('migplans', plan('patched'));
    const merge = await api.kubectl('patch', 'migplan', 'patched', '--type=merge', '-p', '{"spec":{"closed":true}}');
    expect(merge.stdout).toContain('patched');
    const operations = JSON.stringify([{ op: 'replace', path: '/spec/mig_controller_enable_cache', value: true }]);
    const json = await api.kubectl(
      'patch',
      'migrationcontroller',
      'migration-controller',
      '--type=json',
      '-p',
      operations,
    );
    expect(json.stdout).toContain('patched');
    await api.kubectl('label', 'migplan', 'patched', 'team=shop');
    await api.kubectl('annotate', 'secret', 'storage', '-n', 'openshift-config', 'note=checked');
    const { stdout } = await api.kubectl(
      'get',
      'migplans',
      '-l',
      'team=shop',
      '-o',
      'jsonpath={.items[*].spec.closed}',
    );
    expect(stdout).toBe('true');
  });

  it('is told what is not offered', async () => {
    const strategic = await api.kubectl('patch', 'migplan', 'shop', '-p', '{"spec":{"closed":true}}');
    expect(strategic.stderr).toContain('use a merge patch (kubectl patch --type=merge)');
    const namespace = await api.kubectl('delete', 'namespace', NAMESPACE);
    expect(namespace.stderr).toContain('delete is not supported on namespaces');
  });

  it('refuses a mistyped field before anything is stored', async () => {
    const [, , , cluster] = manifests();
    const { code, stderr } = await api.apply([{ ...cluster, spec: { ...cluster?.spec, ulr: 'https://x' } }]);
    expect(code).toBe(1);
    expect(stderr).toContain('unknown field "spec.ulr"; did you mean "url"?');
  });

  it('changes nothing in a server-side dry run', async () => {
    const before = await api.store.resources.currentRevision();
    const { stdout } = await api.apply(
      [{ ...manifests()[2], metadata: { name: 'dry', namespace: NAMESPACE } }],
      '--dry-run=server',
    );
    expect(stdout).toContain('created (server dry run)');
    expect(await api.store.resources.currentRevision()).toBe(before);
  });

  it('creates Secrets and ConfigMaps from literals', async () => {
    const created = await api.kubectl('create', 'secret', 'generic', 'literal', '--from-literal=saToken=abc');
    expect(created.stderr).toBe('');
    const stored = await api.store.secrets.read(NAMESPACE, 'literal');
    expect(stored?.values.saToken?.toString()).toBe('abc');
    await api.kubectl('create', 'configmap', 'literal', '--from-literal=key=value');
    expect((await api.kubectl('get', 'cm', 'literal', '-o', 'jsonpath={.data.key}')).stdout).toBe('value');
    const namespace = await api.kubectl('create', 'namespace', 'another');
    expect(namespace.stderr).toContain('others cannot be created here');
  });

  it('changes a Secret by apply', async () => {
    const secret = (value: string) => ({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'applied', namespace: NAMESPACE },
      stringData: { first: value, second: 'kept' },
    });
    await api.apply([secret('one')]);
    expect((await api.apply([secret('two')])).stdout).toContain('secret/applied configured');
    const stored = await api.store.secrets.read(NAMESPACE, 'applied');
    expect(stored?.values.first?.toString()).toBe('two');
    expect(stored?.values.second?.toString()).toBe('kept');
  });

  it('deletes and waits until the object is gone', async () => {
    expect((await api.kubectl('delete', 'migplan', 'patched')).stdout).toContain('deleted');
    expect((await api.kubectl('get', 'migplan', 'patched')).stderr).toContain('(NotFound)');
  });

  it('keeps a MigMigration until its run has unwound', async () => {
    await api.kubectl('delete', 'migmigration', 'shop-cutover', '--wait=false');
    const marked = await api.request('GET', `${OBJECTS_PATH}/migmigrations/shop-cutover`);
    expect(marked.body.metadata.deletionTimestamp).toMatch(/Z$/);
    await api.kubectl(
      'patch',
      'migmigration',
      'shop-cutover',
      '--type=merge',
      '-p',
      '{"metadata":{"finalizers":null}}',
    );
    expect((await api.request('GET', `${OBJECTS_PATH}/migmigrations/shop-cutover`)).code).toBe(404);
  });
});
