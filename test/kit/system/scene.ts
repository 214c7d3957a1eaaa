import { randomBytes } from 'node:crypto';
import type { Kubectl } from '../../../lab/client/kubectl.js';
import { type Migration, startMigration, untilEnded } from '../../../lab/client/migrations.js';
import type { KubeObject } from '../../../resources/meta/kube-object.js';
import { removeNamespaces } from '../cluster/remove-namespaces.js';
import type { System } from './system.js';

/** What a test is played with: a namespace on the source with an application in it, and a Ready plan of the same name. */
export class Scene {
  private constructor(
    readonly system: System,
    readonly namespace: string,
  ) {}

  /** Puts objects (without namespace) there and waits until the workloads among them run. */
  static async open(system: System, name: string, objects: KubeObject[]): Promise<Scene> {
    const scene = new Scene(system, `fld-${name}-${randomBytes(2).toString('hex')}`);
    await system.source.run(['create', 'namespace', scene.namespace]);
    await scene.put(system.source, objects);
    return scene;
  }

  /** The plan of the scene's namespace; resolves when it is Ready. */
  plan(spec: Record<string, unknown> = {}): Promise<void> {
    return this.system.plan(this.namespace, [this.namespace], spec);
  }

  async put(cluster: Kubectl, objects: KubeObject[]): Promise<void> {
    const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects });
    await cluster.run(['-n', this.namespace, 'apply', '-f', '-'], list);
    for (const { kind, metadata } of objects.filter(({ kind }) => ['Deployment', 'StatefulSet'].includes(kind))) {
      await cluster.run(['-n', this.namespace, 'rollout', 'status', `${kind}/${metadata.name}`, '--timeout=120s']);
    }
  }

  /** Runs a migration of the plan to its end, whatever that is. */
  async migrate(name: string, spec: Record<string, unknown>): Promise<Migration> {
    await startMigration(this.system.mtc, name, this.namespace, spec);
    return this.ended(name);
  }

  ended(name: string): Promise<Migration> {
    return untilEnded(this.system.mtc, name, { seconds: 180 });
  }

  /** Replicas each Deployment of a side is asked to have. */
  async replicas(cluster: Kubectl): Promise<Record<string, number>> {
    const { items } = await cluster.get<{ items: KubeObject[] }>('deployments', '-n', this.namespace);
    return Object.fromEntries(items.map(({ metadata, spec }) => [metadata.name, spec.replicas]));
  }

  /** Names of the pods of a side that have not ended, helpers among them. */
  async pods(cluster: Kubectl): Promise<string[]> {
    const { items } = await cluster.get<{ items: KubeObject[] }>('pods', '-n', this.namespace);
    return items.filter(({ status }) => !/Succeeded|Failed/.test(status.phase)).map(({ metadata }) => metadata.name);
  }

  /** Removes it from both clusters, its volumes too, without waiting for the last of it. */
  async remove(): Promise<void> {
    const { source, target } = this.system;
    await Promise.all([source, target].map((cluster) => removeNamespaces(cluster, [this.namespace])));
  }
}
