import { randomBytes } from 'node:crypto';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { createHookActivities } from '../../../activities/hooks/index.js';
import type { ClusterClient } from '../../../clusters/cluster-client.js';
import { connectCluster } from '../../../clusters/connect-cluster.js';
import type { KubeObject } from '../../../resources/meta/kube-object.js';
import { hookName } from '../../../resources/run/names.js';
import type { RunHook } from '../../../resources/run/run-record.js';
import { recordedRun, refOf, runRecord } from '../fakes/recorded-run.js';
import { fromEnvironment } from '../system/system.js';
import { administratorOf } from './real-cluster.js';

/** Who the hooks run as. */
export const ACCOUNT = 'hooks';

const RESTRICTED = { 'pod-security.kubernetes.io/enforce': 'restricted' };

/** What hooks run in: a namespace, and an account that may write ConfigMaps there. */
export const hookPlace = (namespace: string, labels: Record<string, string> = RESTRICTED): KubeObject[] => {
  const metadata = { namespace, name: ACCOUNT };
  const rbac = 'rbac.authorization.k8s.io';
  return [
    {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: namespace, labels },
    },
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata },
    {
      apiVersion: `${rbac}/v1`,
      kind: 'Role',
      metadata,
      rules: [
        { apiGroups: [''], resources: ['pods'], verbs: ['get', 'list'] },
        { apiGroups: [''], resources: ['configmaps'], verbs: ['get', 'create', 'patch', 'update'] },
      ],
    },
    {
      apiVersion: `${rbac}/v1`,
      kind: 'RoleBinding',
      metadata,
      roleRef: { apiGroup: rbac, kind: 'Role', name: ACCOUNT },
      subjects: [{ kind: 'ServiceAccount', ...metadata }],
    },
  ];
};

export const encoded = (playbook: string): string => Buffer.from(playbook).toString('base64');

/** Reads its own pod and writes what it was told into the ConfigMap `told`, once with Ansible's modules and once with `oc`. */
export const tellingPlaybook = (namespace: string): string => `
- hosts: localhost
  gather_facts: false
  tasks:
  - k8s_info:
      api_version: v1
      kind: Pod
      namespace: ${namespace}
      name: "{{ lookup('env', 'HOSTNAME') }}"
    register: pods
  - kubernetes.core.k8s:
      state: present
      definition:
        apiVersion: v1
        kind: ConfigMap
        metadata:
          namespace: ${namespace}
          name: told
        data:
          namespaces: "{{ lookup('env', 'MIGRATION_NAMESPACES') }}"
          plan: "{{ lookup('env', 'MIGRATION_PLAN_NAME') }}"
          pod: "{{ pods.resources[0].metadata.name }}"
          account: "{{ pods.resources[0].spec.serviceAccountName }}"
  - shell: oc get configmap told --output=name
    register: found
  - debug:
      msg: "the cluster has {{ found.stdout }}"
`;

/** A namespace for hooks on the source, and a run that has one. */
export class HookLab {
  private constructor(
    readonly source: ClusterClient,
    readonly target: ClusterClient,
    /** It enforces the restricted level. */
    readonly namespace: string,
    /** It enforces none. */
    readonly unrestricted: string,
  ) {}

  static async open(): Promise<HookLab> {
    const [source, target] = await Promise.all(
      (['source', 'target'] as const).map(async (side) => connectCluster(await administratorOf(side))),
    );
    if (!source || !target) throw new Error('unreachable');
    const namespace = `hooks-${randomBytes(3).toString('hex')}`;
    const unrestricted = `${namespace}-open`;
    for (const object of [...hookPlace(namespace), ...hookPlace(unrestricted, {})]) await source.create(object);
    return new HookLab(source, target, namespace, unrestricted);
  }

  /** The activities of a run with this hook, each performed as a worker would, as a first attempt. */
  run(hook: Partial<RunHook>) {
    const whole: RunHook = {
      phase: 'PreBackup',
      name: 'drain',
      uid: 'hook-uid',
      cluster: 'source',
      image: fromEnvironment('HOOK_RUNNER_IMAGE'),
      executionNamespace: this.namespace,
      serviceAccount: ACCOUNT,
      activeDeadlineSeconds: 120,
      onFailure: 'Fail',
      ...hook,
    };
    const record = runRecord({
      hooks: [whole],
      migration: {
        kind: 'MigMigration',
        namespace: 'openshift-migration',
        name: 'move',
        uid: randomBytes(8).toString('hex'),
      },
      namespaces: [
        { source: 'shop', target: 'store' },
        { source: 'db', target: 'db' },
      ],
    });
    const recorded = recordedRun(record, { source: this.source, target: this.target });
    const activities = createHookActivities(recorded.deps);
    const input = { run: refOf(record), phase: whole.phase };
    const job = hookName(input.run, whole.phase);
    const environment = () => new MockActivityEnvironment({}, { logger: new DefaultLogger('ERROR') });
    return {
      record,
      facts: recorded.facts,
      /** Of the Job. */
      name: job,
      log: () => recorded.log.map(({ source, text }) => `${source}: ${text}`).join('\n'),
      start: () => environment().run(activities.startHook, input),
      wait: () => environment().run(activities.waitForHook, { ...input, job }),
      remove: () => environment().run(activities.removeHook, input),
      left: () => this.left(whole.executionNamespace, record.migration.uid),
    };
  }

  /** Helpers of a run, as kind and name. */
  private async left(namespace: string, uid: string): Promise<string[]> {
    const kinds = [
      { apiVersion: 'batch/v1', kind: 'Job' },
      { apiVersion: 'v1', kind: 'Pod' },
      { apiVersion: 'v1', kind: 'ConfigMap' },
    ];
    const options = { namespace, labelSelector: `migration.openshift.io/helper=${uid}` };
    const lists = await Promise.all(kinds.map((kind) => this.source.list(kind, options)));
    return lists.flatMap(({ items }) => items).map(({ kind, metadata }) => `${kind} ${metadata.name}`);
  }

  async close(): Promise<void> {
    for (const name of [this.namespace, this.unrestricted]) {
      await this.source.remove({ apiVersion: 'v1', kind: 'Namespace', name });
    }
    await Promise.all([this.source.close(), this.target.close()]);
  }
}
