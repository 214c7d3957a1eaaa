import type { ApiResource, ApiType, ClusterClient, ListOptions, WatchEvent } from '../../../clusters/cluster-client.js';
import { KubernetesApiError } from '../../../clusters/kubernetes-api-error.js';
import {
  describeReference,
  type KubeObject,
  type ObjectReference,
  referenceOf,
} from '../../../resources/meta/kube-object.js';
import {
  matchesFields,
  matchesLabels,
  parseFieldSelector,
  parseLabelSelector,
} from '../../../resources/meta/selectors.js';
import { helperUidOf, isHelper } from '../../../resources/workloads/helpers.js';
import { fakeResource } from './fake-resources.js';
import { mergePatch } from './merge-patch.js';

type Change = Exclude<WatchEvent, { type: 'SYNCED' }>;

/** A cluster in memory, as far as activities use one: optimistic concurrency, selectors, watches. Nothing in it acts by itself. */
export class FakeCluster {
  readonly objects = new Map<string, KubeObject>();
  /** Calls that change something, in order: `patch Deployment shop/web`. */
  readonly mutations: string[] = [];
  /** By pod name. */
  readonly podLogs = new Map<string, string[]>();
  /** Groups of types it does not know; a test that is about one of them takes it out. */
  unserved = [
    'route.openshift.io',
    'image.openshift.io',
    'apps.openshift.io',
    'security.openshift.io',
    'kubevirt.io',
    'keda.sh',
  ];
  /** Calls of subresources, in order: `PUT /apis/…`. */
  readonly requests: string[] = [];
  /** Called before a mutation reaches the cluster, a dry run as `try to patch …`; may throw, or change objects as another client would. */
  beforeMutation: (call: string) => void = () => undefined;
  private readonly listeners = new Set<(change: Change) => void>();
  private version = 0;

  constructor(readonly name: string) {}

  get client(): ClusterClient {
    return this as unknown as ClusterClient;
  }

  /** Puts an object there as its owner or controller would. */
  set(object: KubeObject): KubeObject {
    const key = describeReference(referenceOf(object));
    const known = this.objects.get(key);
    this.version += 1;
    const stored = structuredClone(object);
    stored.metadata.uid ??= known?.metadata.uid ?? `uid-${this.version}`;
    stored.metadata.resourceVersion = String(this.version);
    this.objects.set(key, stored);
    this.tell({ type: known ? 'MODIFIED' : 'ADDED', object: stored });
    return structuredClone(stored);
  }

  delete(ref: ObjectReference): boolean {
    const key = describeReference(ref);
    const object = this.objects.get(key);
    this.objects.delete(key);
    if (object) this.tell({ type: 'DELETED', object });
    return object !== undefined;
  }

  find(kind: string, name: string): KubeObject | undefined {
    return [...this.objects.values()].find((object) => object.kind === kind && object.metadata.name === name);
  }

  async resourceOf(type: ApiType): Promise<ApiResource | undefined> {
    return this.unserved.some((group) => type.apiVersion.startsWith(group)) ? undefined : fakeResource(type);
  }

  async discover(): Promise<ApiResource[]> {
    const kinds = new Map([...this.objects.values()].map((object) => [object.kind, object]));
    return [...kinds.values()].map(fakeResource);
  }

  async get(ref: ObjectReference): Promise<KubeObject | undefined> {
    return structuredClone(this.objects.get(describeReference(ref)));
  }

  async list({ kind }: ApiType, options: ListOptions = {}): Promise<{ items: KubeObject[]; resourceVersion: string }> {
    const items = [...this.objects.values()].filter((object) => object.kind === kind && matches(object, options));
    return { items: structuredClone(items), resourceVersion: String(this.version) };
  }

  async createIfAbsent(object: KubeObject): Promise<{ object: KubeObject; created: boolean }> {
    const existing = this.objects.get(describeReference(referenceOf(object)));
    if (existing) return { object: structuredClone(existing), created: false };
    this.mutate('create', referenceOf(object));
    return { object: this.set(object), created: true };
  }

  async create(object: KubeObject, { dryRun }: { dryRun?: boolean } = {}): Promise<KubeObject> {
    if (dryRun) this.beforeMutation(`try to create ${describeReference(referenceOf(object))}`);
    if (this.objects.has(describeReference(referenceOf(object)))) {
      throw this.refusal(409, 'AlreadyExists', referenceOf(object));
    }
    return dryRun ? object : (await this.createIfAbsent(object)).object;
  }

  async patch(
    ref: ObjectReference,
    patch: { metadata?: { resourceVersion?: string } },
    { dryRun }: { dryRun?: boolean } = {},
  ): Promise<KubeObject> {
    if (dryRun) this.beforeMutation(`try to patch ${describeReference(ref)}`);
    else this.mutate('patch', ref);
    const object = this.objects.get(describeReference(ref));
    if (!object) throw this.refusal(404, 'NotFound', ref);
    const expected = patch.metadata?.resourceVersion;
    if (expected !== undefined && expected !== object.metadata.resourceVersion)
      throw this.refusal(409, 'Conflict', ref);
    const patched = mergePatch(object, patch) as KubeObject;
    return dryRun ? patched : this.set(patched);
  }

  async request(method: string, path: string): Promise<unknown> {
    this.requests.push(`${method} ${path}`);
    return {};
  }

  /** What has finalizers is only marked; a namespace takes its content along. */
  async remove(
    ref: ObjectReference,
    { uid, resourceVersion }: { uid?: string; resourceVersion?: string } = {},
  ): Promise<boolean> {
    this.mutate('delete', ref);
    const object = this.objects.get(describeReference(ref));
    const there = object?.metadata;
    if (there && uid !== undefined && there.uid !== uid) return false;
    if (there && resourceVersion !== undefined && there.resourceVersion !== resourceVersion) {
      throw this.refusal(409, 'Conflict', ref);
    }
    if (object && there?.finalizers?.length) {
      this.set({ ...object, metadata: { ...there, deletionTimestamp: '2026-01-01T00:00:00Z' } });
      return true;
    }
    if (ref.kind === 'Namespace') this.empty(ref.name);
    return this.delete(ref);
  }

  private empty(namespace: string): void {
    const content = [...this.objects.values()].filter(({ metadata }) => metadata.namespace === namespace);
    for (const object of content) this.delete(referenceOf(object));
  }

  /** As a run's client has it: to a test that gives this cluster to code directly, every run is recorded that a label names. */
  async withoutHelpers(objects: readonly KubeObject[]): Promise<KubeObject[]> {
    return objects.filter((object) => !isHelper(object, new Set([helperUidOf(object) ?? ''])));
  }

  async *logs({ name }: { name: string }): AsyncGenerator<string, void, undefined> {
    const lines = this.podLogs.get(name);
    if (!lines) throw this.refusal(400, 'BadRequest', { apiVersion: 'v1', kind: 'Pod', name });
    yield* lines;
  }

  async *watch(type: ApiType, options: ListOptions = {}): AsyncGenerator<WatchEvent, void, undefined> {
    const changes: Change[] = [];
    let wake = (): void => undefined;
    const listener = (change: Change): void => {
      if (change.object.kind === type.kind && matches(change.object, options)) changes.push(change);
      wake();
    };
    const aborted = (): void => wake();
    options.signal?.addEventListener('abort', aborted);
    this.listeners.add(listener);
    try {
      const { items, resourceVersion } = await this.list(type, options);
      yield { type: 'SYNCED', objects: items, resourceVersion };
      for (;;) {
        options.signal?.throwIfAborted();
        const change = changes.shift();
        if (change) yield structuredClone(change);
        else await new Promise<void>((resolve) => (wake = resolve));
      }
    } finally {
      this.listeners.delete(listener);
      options.signal?.removeEventListener('abort', aborted);
    }
  }

  private mutate(verb: string, ref: ObjectReference): void {
    const call = `${verb} ${describeReference(ref)}`;
    this.beforeMutation(call);
    this.mutations.push(call);
  }

  private tell(change: Change): void {
    for (const listener of this.listeners) listener(change);
  }

  private refusal(code: number, reason: string, ref: ObjectReference): KubernetesApiError {
    const message = `${describeReference(ref)}: ${reason}`;
    return new KubernetesApiError(message, { code, reason, cluster: this.name, verb: '', path: '' });
  }
}

const matches = (
  { metadata, ...object }: KubeObject,
  { namespace, labelSelector, fieldSelector }: ListOptions,
): boolean =>
  (namespace === undefined || metadata.namespace === namespace) &&
  matchesLabels(parseLabelSelector(labelSelector ?? ''), metadata.labels) &&
  matchesFields(parseFieldSelector(fieldSelector ?? ''), { ...object, metadata } as KubeObject);
