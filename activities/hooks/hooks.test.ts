import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { beforeEach, describe, expect, it } from 'vitest';
import { KubernetesApiError } from '../../clusters/kubernetes-api-error.js';
import { StepFailure } from '../../resources/meta/failure.js';
import type { KubeObject } from '../../resources/meta/kube-object.js';
import { ANNOTATIONS } from '../../resources/meta/labels.js';
import type { RunHook } from '../../resources/run/run-record.js';
import { FakeCluster } from '../../test/kit/fakes/fake-cluster.js';
import { recordedRun, refOf, runRecord } from '../../test/kit/fakes/recorded-run.js';
import type { HookActivities } from './contract.js';
import { createHookActivities } from './index.js';

const NAME = 'mtc-hook-prebackup-migratio';
const HOOK: RunHook = {
  phase: 'PreBackup',
  name: 'drain',
  uid: 'hook-uid',
  cluster: 'source',
  image: 'registry/hook-runner:1',
  playbook: Buffer.from('- hosts: localhost\n').toString('base64'),
  executionNamespace: 'tools',
  serviceAccount: 'hooks',
  activeDeadlineSeconds: 30,
  onFailure: 'Fail',
};

let source: FakeCluster;
let target: FakeCluster;
let recorded: ReturnType<typeof recordedRun>;
let activities: HookActivities;
let record: ReturnType<typeof runRecord>;

/** A run with one hook, in clusters that have its namespace and service account. */
function prepare(hook: Partial<RunHook> = {}, attempt = 1): void {
  record = runRecord({
    hooks: [{ ...HOOK, ...hook }],
    namespaces: [
      { source: 'shop', target: 'store' },
      { source: 'db', target: 'db' },
    ],
    attempt,
  });
  record.settings.patience.pod = 0.05;
  source = new FakeCluster('source');
  target = new FakeCluster('target');
  for (const cluster of [source, target]) {
    cluster.set({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'tools' } });
    cluster.set({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { namespace: 'tools', name: 'hooks' } });
  }
  recorded = recordedRun(record, { source: source.client, target: target.client });
  activities = createHookActivities(recorded.deps);
}
beforeEach(() => prepare());

const input = (phase: RunHook['phase'] = 'PreBackup') => ({ run: refOf(record), phase });
const environment = () => new MockActivityEnvironment({}, { logger: new DefaultLogger('ERROR') });
const perform = <Input, Result>(activity: (input: Input) => Promise<Result>, given: Input): Promise<Result> =>
  environment().run(activity, given);
const start = () => perform(activities.startHook, input());
const wait = (worker = environment()) => worker.run(activities.waitForHook, { ...input(), job: NAME });
const failure = async (work: Promise<unknown>): Promise<StepFailure['report']> => {
  const error = await work.then(
    () => undefined,
    (caught: unknown) => caught,
  );
  if (!(error instanceof StepFailure)) throw error ?? new Error('it did not fail');
  return error.report;
};

const job = (): KubeObject => source.find('Job', NAME) as KubeObject;
const endJob = (type: string, reason?: string) =>
  source.set({ ...job(), status: { conditions: [{ type, status: 'True', reason, message: 'so it is' }] } });

/** A try of the Job, as its controller and the kubelet would show it. */
function setPod(name: string, state: object, phase: string): KubeObject {
  const { metadata, spec } = job();
  const ownerReferences = [
    { apiVersion: 'batch/v1', kind: 'Job', name: NAME, uid: metadata.uid ?? '', controller: true },
  ];
  const known = source.find('Pod', name)?.metadata;
  return source.set({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      ...known,
      name,
      namespace: 'tools',
      labels: spec.template.metadata.labels,
      ownerReferences,
      creationTimestamp: name,
    },
    spec: spec.template.spec,
    status: { phase, containerStatuses: [{ name: 'hook', state }] },
  });
}
const running = (name: string) => setPod(name, { running: {} }, 'Running');
const failed = (name: string, exitCode: number) =>
  setPod(name, { terminated: { exitCode, reason: 'Error' } }, 'Failed');
const logged = () => recorded.log.map((entry) => `${entry.source}: ${entry.text}`).join('\n');

/** A try whose container has ended, beside one of a mesh that never does. */
const withProxy = (name: string, exitCode: number) => {
  source.podLogs.set(name, ['so much for that']);
  const pod = setPod(name, { terminated: { exitCode } }, 'Running');
  const proxy = { name: 'istio-proxy', state: { running: {} } };
  return source.set({ ...pod, status: { ...pod.status, containerStatuses: [proxy, ...pod.status.containerStatuses] } });
};

describe('a mesh in the namespace of a hook', () => {
  it('is asked to leave its pods alone, which tolerate what the applications there do', async () => {
    const tolerations = [{ key: 'dedicated', operator: 'Exists' }];
    source.set({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web', namespace: 'tools' },
      spec: { template: { spec: { tolerations } } },
    });
    await start();
    const { metadata, spec } = job().spec.template;
    expect(metadata.labels).toMatchObject({ 'sidecar.istio.io/inject': 'false' });
    expect(metadata.annotations).toMatchObject({ 'linkerd.io/inject': 'disabled' });
    expect(spec.tolerations).toEqual(tolerations);
  });

  it('does not keep a hook that has succeeded from ending', async () => {
    await start();
    withProxy('1', 0);
    await wait();
    expect(recorded.facts).toMatchObject({ 'hookDone/PreBackup': 1 });
  });

  it('does not keep one that has failed from being tried again', async () => {
    await start();
    withProxy('1', 2);
    const waited = wait();
    await expect.poll(() => source.find('Pod', '1')).toBeUndefined();
    withProxy('2', 0);
    await waited;
    expect(source.mutations).toContain('delete Pod tools/1');
  });
});

describe('starting a hook', () => {
  it('makes Job and ConfigMap once, with all that MTC gives a hook', async () => {
    expect(await start()).toEqual({ job: NAME });
    expect(await start()).toEqual({ job: NAME });
    expect(source.mutations).toEqual([`create ConfigMap tools/${NAME}`, `create Job tools/${NAME}`]);
    expect(source.find('ConfigMap', NAME)?.data).toEqual({ 'playbook.yml': '- hosts: localhost\n' });
    const { metadata, spec } = job();
    const labels = {
      'migration.openshift.io/helper': 'migration-uid',
      mighook: 'hook-uid',
      phase: 'PreBackup',
      owner: 'migration-uid',
    };
    expect(metadata.labels).toMatchObject(labels);
    expect(spec).toMatchObject({ activeDeadlineSeconds: 30, backoffLimit: 6 });
    expect(spec.template.metadata.labels).toMatchObject(labels);
    expect(spec.template.spec).toMatchObject({
      restartPolicy: 'Never',
      serviceAccountName: 'hooks',
      securityContext: { runAsNonRoot: true },
      volumes: [{ name: 'playbook', configMap: { name: NAME } }],
      containers: [
        {
          image: 'registry/hook-runner:1',
          command: ['/bin/entrypoint', 'ansible-runner', 'run', '/tmp/runner', '-p', '/tmp/playbook/playbook.yml'],
          env: [
            { name: 'MIGRATION_NAMESPACES', value: 'shop,db' },
            { name: 'MIGRATION_PLAN_NAME', value: 'plan' },
          ],
          volumeMounts: [{ name: 'playbook', mountPath: '/tmp/playbook' }],
          securityContext: { allowPrivilegeEscalation: false },
        },
      ],
    });
  });

  it('leaves a custom image as it is, and names the namespaces as the target does', async () => {
    prepare({ playbook: undefined, cluster: 'target' });
    await start();
    expect(target.find('ConfigMap', NAME)).toBeUndefined();
    const { spec } = (target.find('Job', NAME) as KubeObject).spec.template;
    expect(spec).not.toHaveProperty('securityContext');
    expect(spec.containers).toEqual([
      expect.objectContaining({
        name: 'hook',
        env: expect.arrayContaining([{ name: 'MIGRATION_NAMESPACES', value: 'store,db' }]),
      }),
    ]);
    expect(spec.containers[0]).not.toHaveProperty('command');
    expect(source.mutations).toEqual([]);
  });

  it('is refused when no key opens its playbook: the image would run something else', async () => {
    prepare({ playbook: '' });
    expect((await failure(start())).why).toContain('cannot be decrypted');
    expect(source.mutations).toEqual([]);
  });

  it('is refused without its namespace, without its service account, and by the cluster', async () => {
    source.delete({ apiVersion: 'v1', kind: 'ServiceAccount', namespace: 'tools', name: 'hooks' });
    expect(await failure(start())).toMatchObject({
      type: 'HookFailed',
      what: 'Hook drain (PreBackup) failed',
      where: `cluster source, Job tools/${NAME}`,
      why: 'There is no service account hooks in namespace tools, which the plan names for the hook.',
    });
    source.delete({ apiVersion: 'v1', kind: 'Namespace', name: 'tools' });
    expect((await failure(start())).why).toContain('no namespace tools');

    prepare();
    source.beforeMutation = (call) => {
      const details = { code: 403, reason: 'Forbidden', cluster: 'source', verb: 'create', path: '' };
      throw new KubernetesApiError(`${call}: exceeded quota`, details);
    };
    expect(await failure(start())).toMatchObject({
      type: 'HookFailed',
      why: expect.stringContaining('exceeded quota'),
    });
  });

  it('is not done again after it succeeded: within an attempt, and after the commit point in later ones too', async () => {
    recorded.facts['hookDone/PreBackup'] = 1;
    expect(await start()).toEqual({});
    prepare({}, 2);
    recorded.facts['hookDone/PreBackup'] = 1;
    expect(await start()).toEqual({ job: `${NAME}-2` });
    prepare({ phase: 'PostRestore' }, 2);
    recorded.facts['hookDone/PostRestore'] = 1;
    expect(await perform(activities.startHook, input('PostRestore'))).toEqual({});
  });

  it('is done again by a retry from the beginning, whatever the attempts before it did', async () => {
    prepare({ phase: 'PostRestore' }, 2);
    const { get } = recorded.deps.store.runs;
    recorded.deps.store.runs.get = async (ref) => {
      const row = await get(ref);
      return row && { ...row, facts: ref.attempt === 1 ? { 'hookDone/PostRestore': 1 } : {} };
    };
    const started = await perform(activities.startHook, input('PostRestore'));
    expect(started).toEqual({ job: expect.stringContaining('-2') });
  });
});

describe('the account of a hook', () => {
  const bindingOf = (roleRef: object, subject: object): KubeObject => ({
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRoleBinding',
    metadata: { name: 'given' },
    roleRef,
    subjects: [subject],
  });
  const account = { kind: 'ServiceAccount', namespace: 'tools', name: 'hooks' };
  const ours = { kind: 'ClusterRole', name: 'migration.openshift.io:migration-controller' };
  const velero = (command: string[], kind = 'Deployment'): KubeObject => ({
    apiVersion: 'apps/v1',
    kind,
    metadata: { name: 'engine', namespace: 'openshift-migration' },
    spec: { template: { spec: { serviceAccountName: 'backup', containers: [{ name: 'server', command }] } } },
  });

  it.each<[string, Partial<RunHook>, KubeObject[]]>([
    ['holds our rights', {}, [bindingOf(ours, account)]],
    ['holds them as a user', {}, [bindingOf(ours, { kind: 'User', name: 'system:serviceaccount:tools:hooks' })]],
    ["is Velero's", { executionNamespace: 'openshift-migration', serviceAccount: 'backup' }, [velero(['/velero'])]],
    [
      "is its node agent's",
      { executionNamespace: 'openshift-migration', serviceAccount: 'backup' },
      [velero(['/velero'], 'DaemonSet')],
    ],
    ['is called as ours', { serviceAccount: 'migration-controller' }, []],
  ])('is refused when it %s, before anything is made', async (_, hook, objects) => {
    prepare(hook);
    const { executionNamespace: namespace = 'tools', serviceAccount: name = 'hooks' } = hook;
    source.set({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
    source.set({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { namespace, name } });
    for (const object of objects) source.set(object);
    expect((await failure(start())).why).toContain('moves objects of the whole cluster');
    expect(source.mutations).toEqual([]);
  });

  it('may have rights that its namespace gave it, beside Velero too', async () => {
    prepare({ executionNamespace: 'openshift-migration' });
    source.set({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'openshift-migration' } });
    source.set({
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { namespace: 'openshift-migration', name: 'hooks' },
    });
    source.set(bindingOf({ kind: 'ClusterRole', name: 'edit' }, { ...account, namespace: 'openshift-migration' }));
    source.set(velero(['/velero']));
    expect(await start()).toEqual({ job: NAME });
  });

  it.each(['Namespace', 'ServiceAccount'])(
    'is not used when its owner refuses hooks by a label of the %s',
    async (kind) => {
      const metadata = kind === 'Namespace' ? { name: 'tools' } : { namespace: 'tools', name: 'hooks' };
      source.set({
        apiVersion: 'v1',
        kind,
        metadata: { ...metadata, labels: { 'migration.openshift.io/hooks': 'refused' } },
      });
      expect((await failure(start())).why).toContain('migration.openshift.io/hooks=refused');
      expect(source.mutations).toEqual([]);
    },
  );
});

describe('what is there under the name of a hook', () => {
  const planted = (changes: (object: KubeObject) => unknown, kind: 'ConfigMap' | 'Job') => async () => {
    await start();
    const found = structuredClone(source.find(kind, NAME) as KubeObject);
    changes(found);
    prepare();
    source.set(found);
  };
  const without = (key: string) => (object: KubeObject) => void delete object.metadata.labels?.[key];

  it.each<[string, () => Promise<void>]>([
    ['a ConfigMap without our label', planted(without('migration.openshift.io/helper'), 'ConfigMap')],
    [
      'a ConfigMap with another playbook',
      planted(({ data }) => Object.assign(data, { 'playbook.yml': 'evil' }), 'ConfigMap'),
    ],
    ['a Job without our label', planted(without('migration.openshift.io/helper'), 'Job')],
    [
      'a Job of another content',
      planted(({ metadata }) => Object.assign(metadata, { annotations: { [ANNOTATIONS.contentHash]: 'x' } }), 'Job'),
    ],
  ])('is not taken when it is %s', async (_, plant) => {
    await plant();
    expect(await failure(start())).toMatchObject({
      type: 'Refused',
      what: expect.stringContaining('is there already'),
      next: expect.stringContaining('delete it'),
    });
    expect(source.mutations).not.toContain(`create Job tools/${NAME}`);
  });

  it('is taken again though a webhook and a change of the applications have changed it', async () => {
    await start();
    const found = job();
    found.spec.template.spec.containers[0].image = 'mirror.example.com/hook-runner:1';
    source.set(found);
    source.set({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web', namespace: 'tools' },
      spec: { template: { spec: { tolerations: [{ key: 'dedicated', operator: 'Exists' }] } } },
    });
    expect(await start()).toEqual({ job: NAME });
  });
});

describe('waiting for a hook', () => {
  it('ends when its Job is complete, with the log of every try kept', async () => {
    await start();
    source.podLogs.set('one', ['no such host']).set('two', ['done']);
    const waiting = wait();
    running('one');
    failed('one', 1);
    running('two');
    setPod('two', { terminated: { exitCode: 0 } }, 'Succeeded');
    endJob('Complete');
    await waiting;
    expect(recorded.facts).toEqual({ 'hookDone/PreBackup': 1 });
    expect(logged()).toContain('Pod tools/one, container hook: no such host');
    expect(logged()).toContain('Pod tools/two, container hook: done');
    await perform(activities.removeHook, input());
    expect(recorded.log).toHaveLength(2);
  });

  it('continues after a worker died, and keeps no log twice', async () => {
    await start();
    source.podLogs.set('one', ['no such host']);
    const lost = environment();
    const waiting = wait(lost);
    failed('one', 1);
    await expect.poll(logged).toContain('no such host');
    lost.cancel();
    await expect(waiting).rejects.toThrow('CANCELLED');
    endJob('Complete');
    await wait();
    expect(recorded.log).toHaveLength(1);
  });

  it('fails when all tries have, with the exit code, and keeps what they wrote in the log alone', async () => {
    await start();
    const secret = 'fatal: [localhost]: FAILED! => {"password": "hunter2"}';
    source.podLogs.set('one', ['x']).set('two', ['PLAY [localhost]', '', secret]);
    failed('one', 1);
    setPod('two', { terminated: { exitCode: 2, reason: 'Error', message: secret } }, 'Failed');
    endJob('Failed', 'BackoffLimitExceeded');
    const told: unknown[] = [];
    const worker = environment();
    worker.on('heartbeat', (details: unknown) => told.push(details));
    const report = await failure(wait(worker));
    expect(JSON.stringify([report, told, recorded.facts])).not.toContain('hunter2');
    expect(logged()).toContain('hunter2');
    expect(report).toMatchObject({ type: 'HookFailed', what: 'Hook drain (PreBackup) failed' });
    expect(report.why).toBe(
      'All its tries failed. Pod two: container hook ended with Error, exit code 2. Its log is kept with MigMigration openshift-migration/move, in the subresource log.',
    );
    expect(recorded.facts).toEqual({});
  });

  it('fails at the deadline, with the log of the pod that went with it', async () => {
    await start();
    source.podLogs.set('one', ['waiting for the queue to drain']);
    const waiting = failure(wait());
    const pod = running('one');
    await new Promise((resolve) => setTimeout(resolve, 50));
    source.podLogs.set('one', ['unable to retrieve container logs for containerd://0']);
    source.delete({ apiVersion: 'v1', kind: 'Pod', namespace: 'tools', name: pod.metadata.name });
    endJob('FailureTarget', 'DeadlineExceeded');
    const report = await waiting;
    expect(report.why).toMatch(/longer than its activeDeadlineSeconds, 30 s\./);
    expect(report.next).toContain('raise spec.activeDeadlineSeconds of MigHook drain');
    expect(logged()).toContain('container hook: waiting for the queue to drain');
  });

  it('fails when its pod cannot start, with what the events say', async () => {
    await start();
    const pod = setPod('one', { waiting: { reason: 'ImagePullBackOff', message: 'not found' } }, 'Pending');
    source.set({
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { namespace: 'tools', name: 'e' },
      type: 'Warning',
      reason: 'Failed',
      message: 'manifest unknown',
      involvedObject: { kind: 'Pod', name: 'one', uid: pod.metadata.uid },
    });
    const report = await failure(wait());
    expect(report.type).toBe('HookFailed');
    expect(report.why).toMatch(
      /Pod tools\/one cannot start: .*ImagePullBackOff \(not found\); Pod Failed: manifest unknown/,
    );
    expect(logged()).toContain('Failed: manifest unknown');
  });

  it('does not wait for a playbook to be let run as root', async () => {
    record.settings.patience.pod = 3600;
    await start();
    setPod(
      'one',
      { waiting: { reason: 'CreateContainerConfigError', message: 'container has runAsNonRoot' } },
      'Pending',
    );
    expect((await failure(wait())).why).toContain('container has runAsNonRoot');
  });

  it('fails when the Job makes no pod', async () => {
    await start();
    source.set({
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { namespace: 'tools', name: 'e' },
      type: 'Warning',
      reason: 'FailedCreate',
      message: 'violates PodSecurity',
      involvedObject: { kind: 'Job', name: NAME, uid: job().metadata.uid },
    });
    expect((await failure(wait())).why).toContain('Job FailedCreate: violates PodSecurity');
  });

  it('fails when the Job is deleted', async () => {
    await start();
    running('one');
    const waiting = failure(wait());
    await new Promise((resolve) => setTimeout(resolve, 20));
    source.delete({ apiVersion: 'batch/v1', kind: 'Job', namespace: 'tools', name: NAME });
    expect((await waiting).why).toContain('Its Job was deleted');
    expect((await failure(wait())).why).toContain('Its Job was deleted');
  });
});

describe('removing a hook', () => {
  it('takes Job, pods and ConfigMap away, keeps what a stopped one said, and can be repeated', async () => {
    await start();
    source.set({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace: 'tools', name: 'of-another' } });
    source.podLogs.set('one', ['half done']);
    running('one');
    await perform(activities.removeHook, input());
    await perform(activities.removeHook, input());
    const left = [...source.objects.values()].map(({ kind, metadata }) => `${kind} ${metadata.name}`);
    expect(left.sort()).toEqual(['ConfigMap of-another', 'Namespace tools', 'ServiceAccount hooks']);
    expect(logged()).toContain('half done');
  });
});
