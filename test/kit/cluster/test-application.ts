import { randomBytes } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { Kubectl } from '../../../lab/client/kubectl.js';
import type { KubeObject } from '../../../resources/meta/kube-object.js';
import { fromEnvironment, type System } from '../system/system.js';
import { removeNamespaces } from './remove-namespaces.js';

export interface TestApplicationOptions {
  /** Of random data in a volume; none without it. */
  megabytes?: number;
  /** How long each pod continues after it was asked to end. */
  lingerSeconds?: number;
  /** Whether it writes its whole volume again when it is asked to end: the pass that follows quiesce then has all of it to send. */
  writesLast?: boolean;
}

const FILE_MEGABYTES = 4;
const WORKLOADS = 'deployments,statefulsets,cronjobs';

/**
 * A small application in a namespace of its own on the source: a Deployment, a CronJob, a Secret and, if asked for, a StatefulSet whose
 * volume is full of random bytes.
 */
export class TestApplication {
  /** The value in its Secret: random, so that it can be looked for. */
  readonly secret = randomBytes(24).toString('hex');

  private constructor(
    private readonly system: System,
    readonly namespace: string,
    private readonly options: TestApplicationOptions,
  ) {}

  /** Deploys it, waits until it runs and makes a Ready plan of the same name as its namespace. */
  static async deploy(system: System, name: string, options: TestApplicationOptions = {}): Promise<TestApplication> {
    const application = new TestApplication(system, `flt-${name}-${randomBytes(2).toString('hex')}`, options);
    const { source } = system;
    await source.apply(JSON.stringify({ apiVersion: 'v1', kind: 'List', items: application.objects() }));
    const inNamespace = ['-n', application.namespace, 'rollout', 'status', '--timeout=120s'];
    await source.run([...inNamespace, 'deployment/web']);
    if (options.megabytes !== undefined) await source.run([...inNamespace, 'statefulset/store']);
    await system.plan(application.namespace, [application.namespace]);
    return application;
  }

  /** Name of its plan. */
  get plan(): string {
    return this.namespace;
  }

  /** New bytes in every file of the volume: the next pass has to send all of them. */
  async rewrite(): Promise<void> {
    await this.system.source.run(['-n', this.namespace, 'exec', 'store-0', '--', 'sh', '-c', this.fill]);
  }

  /** What users set on the workloads of a side, as canonical JSON by kind and name. */
  async userState(cluster: Kubectl = this.system.source): Promise<Record<string, string>> {
    const { items } = await cluster.get<{ items: KubeObject[] }>(WORKLOADS, '-n', this.namespace);
    return Object.fromEntries(
      items.map(({ kind, metadata, spec }) => {
        const { labels, annotations } = metadata;
        return [`${kind} ${metadata.name}`, canonicalize({ spec, labels, annotations }) ?? ''];
      }),
    );
  }

  /** Replicas the Deployment is asked to have; undefined when it is not there. */
  async replicas(cluster: Kubectl = this.system.source): Promise<number | undefined> {
    const web = await cluster.find<KubeObject>('deployment', 'web', '-n', this.namespace);
    return web?.spec?.replicas;
  }

  /** SHA-256 of every file of the volume, as the application's own pod on that side reads it. */
  checksums(cluster: Kubectl): Promise<string> {
    const command = 'cd /data && find . -type f | sort | xargs sha256sum';
    return cluster.run(['-n', this.namespace, 'exec', 'store-0', '--', 'sh', '-c', command]);
  }

  /** Removes it from both clusters, its volumes too, without waiting for the last of it. */
  async remove(): Promise<void> {
    const { source, target } = this.system;
    await Promise.all([source, target].map((cluster) => removeNamespaces(cluster, [this.namespace])));
  }

  private get fill(): string {
    const files = Math.ceil((this.options.megabytes ?? 0) / FILE_MEGABYTES);
    return `for i in $(seq ${files}); do dd if=/dev/urandom of=/data/part-$i bs=1M count=${FILE_MEGABYTES} 2>/dev/null; done`;
  }

  private objects(): KubeObject[] {
    const { namespace, options } = this;
    const metadata = (name: string) => ({ name, namespace, labels: { tier: 'test' } });
    const objects: KubeObject[] = [
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
      {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: metadata('credentials'),
        stringData: { password: this.secret },
      },
      {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { ...metadata('web'), annotations: { 'example.com/owner': 'web team' } },
        spec: { replicas: 2, selector: { matchLabels: { app: 'web' } }, template: this.pod('web') },
      },
      {
        apiVersion: 'batch/v1',
        kind: 'CronJob',
        metadata: metadata('nightly'),
        spec: {
          schedule: '0 3 * * *',
          jobTemplate: { spec: { template: { spec: { ...this.pod('nightly').spec, restartPolicy: 'Never' } } } },
        },
      },
    ];
    if (options.megabytes === undefined) return objects;
    return [
      ...objects,
      {
        apiVersion: 'apps/v1',
        kind: 'StatefulSet',
        metadata: metadata('store'),
        spec: {
          serviceName: 'store',
          replicas: 1,
          selector: { matchLabels: { app: 'store' } },
          template: this.pod('store', { initial: `[ -e /data/part-1 ] || { ${this.fill}; }` }),
          volumeClaimTemplates: [
            {
              metadata: { name: 'data' },
              spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
            },
          ],
        },
      },
    ];
  }

  private pod(app: string, { initial }: { initial?: string } = {}): { metadata: object; spec: object } {
    const linger = this.options.lingerSeconds ?? 0;
    const common = {
      image: fromEnvironment('SAMPLE_APP_IMAGE'),
      resources: { requests: { cpu: '10m', memory: '16Mi' } },
      ...(initial && { volumeMounts: [{ name: 'data', mountPath: '/data' }] }),
    };
    const last = initial && this.options.writesLast ? this.fill : ':';
    const command = [
      'sh',
      '-c',
      `end() { ${last}; sleep ${linger}; exit 0; }; trap end TERM; while :; do sleep 1 & wait $!; done`,
    ];
    return {
      metadata: { labels: { app } },
      spec: {
        terminationGracePeriodSeconds: linger + (this.options.writesLast ? 30 : 5),
        ...(initial && { initContainers: [{ ...common, name: 'fill', command: ['sh', '-c', initial] }] }),
        containers: [{ ...common, name: app, command }],
      },
    };
  }
}
