import { isDeepStrictEqual } from 'node:util';
import type {
  ApiResource,
  ApiType,
  CallOptions,
  ClusterClient,
  ListOptions,
  WatchEvent,
} from '../../../clusters/cluster-client.js';
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
import { WORKLOAD_KINDS } from '../../../resources/workloads/workload-kinds.js';
import { fakeResource } from './fake-resources.js';
import { mergePatch } from './merge-patch.js';

type Change = Exclude<WatchEvent, { type: 'SYNCED' }>;

/** Without a version: there is one of each kind in memory. */
type Ref = Omit<ObjectReference, 'apiVersion'>;

interface DryRun {
  dryRun?: boolean;
}

/**
 * A cluster in memory, as far as activities use one: optimistic concurrency, selectors, finalizers, watches. There is no admission, and no
 * controllers but what a test has them do in `react`.
 */
export class FakeCluster implements ClusterClient {
  readonly server = 'https://cluster.example.com:6443';
  readonly objects = new Map<string, KubeObject>();
  /** Plays the controllers: called after each change of an object. */
  react: (object: KubeObject) => void = () => undefined;
  /** Of its servers; none, as of a cluster that is reached without TLS. */
  readonly serverKeys = new Set<string>();
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
  /** Generations of workloads grow as API servers have it; without it, they are what a test says: nothing plays the controllers that observe them. */
  keepsGenerations = false;
  private readonly listeners = new Set<(change: Change) => void>();
  private revision = 0;

  constructor(
    readonly name: string,
    ...objects: KubeObject[]
  ) {
    for (const object of objects) this.set(object);
  }

  /** As activities know it. */
  get client(): ClusterClient {
    return this;
  }

  /** Itself: it belongs to no run. */
  get base(): ClusterClient {
    return this;
  }

  /** Puts an object there as its owner or controller would. */
  set(object: KubeObject): KubeObject {
    const key = describeReference(referenceOf(object));
    const known = this.objects.get(key);
    this.revision += 1;
    const stored = structuredClone(object);
    stored.metadata.uid ??= known?.metadata.uid ?? `${this.name}-${this.revision}`;
    stored.metadata.resourceVersion = String(this.revision);
    if (this.keepsGenerations) stored.metadata.generation = generationOf(stored, known);
    this.objects.set(key, stored);
    this.tell({ type: known ? 'MODIFIED' : 'ADDED', object: stored });
    this.react(structuredClone(stored));
    return structuredClone(stored);
  }

  /** Changes an object as its owner or controller would. */
  edit(ref: Ref, change: object): void {
    const object = this.at(ref);
    if (object) this.set(mergePatch(object, change) as KubeObject);
  }

  delete(ref: ObjectReference): boolean {
    const key = describeReference(ref);
    const object = this.objects.get(key);
    this.objects.delete(key);
    if (object) this.tell({ type: 'DELETED', object });
    return object !== undefined;
  }

  /** In whatever namespace when none is named. */
  find(kind: string, name: string, namespace?: string): KubeObject | undefined {
    return [...this.objects.values()].find(
      ({ kind: other, metadata }) =>
        other === kind && metadata.name === name && (namespace === undefined || metadata.namespace === namespace),
    );
  }

  async version(): Promise<{ major: number; minor: number; gitVersion: string }> {
    return { major: 1, minor: 36, gitVersion: 'v1.36.3' };
  }

  async resourceOf(type: ApiType): Promise<ApiResource | undefined> {
    return this.unserved.some((group) => type.apiVersion.startsWith(group)) ? undefined : fakeResource(type);
  }

  async discover(): Promise<ApiResource[]> {
    const kinds = new Map([...this.objects.values()].map((object) => [object.kind, object]));
    return [...kinds.values()].map(fakeResource);
  }

  async get(ref: ObjectReference): Promise<KubeObject | undefined> {
    return structuredClone(this.at(ref));
  }

  async list({ kind }: ApiType, options: ListOptions = {}): Promise<{ items: KubeObject[]; resourceVersion: string }> {
    const items = [...this.objects.values()].filter((object) => object.kind === kind && matches(object, options));
    return { items: structuredClone(items), resourceVersion: String(this.revision) };
  }

  async create(object: KubeObject, { dryRun = false }: DryRun = {}): Promise<KubeObject> {
    const ref = referenceOf(object);
    this.attempt('create', ref, dryRun);
    if (this.at(ref)) throw this.refusal(409, 'AlreadyExists', ref);
    if (dryRun) return object;
    this.record('create', ref);
    return this.set(object);
  }

  async createIfAbsent(object: KubeObject): Promise<{ object: KubeObject; created: boolean }> {
    const existing = this.at(referenceOf(object));
    return existing
      ? { object: structuredClone(existing), created: false }
      : { object: await this.create(object), created: true };
  }

  async patch(ref: ObjectReference, patch: unknown, { dryRun = false }: DryRun = {}): Promise<KubeObject> {
    this.attempt('patch', ref, dryRun);
    const object = this.at(ref);
    if (!object) throw this.refusal(404, 'NotFound', ref);
    const expected = (patch as { metadata?: { resourceVersion?: string } }).metadata?.resourceVersion;
    if (expected !== undefined && expected !== object.metadata.resourceVersion)
      throw this.refusal(409, 'Conflict', ref);
    const patched = mergePatch(object, patch) as KubeObject;
    if (dryRun) return patched;
    this.record('patch', ref);
    return this.set(patched);
  }

  /** Whoever owns fields: what is applied is merged into what is there. */
  apply(object: KubeObject, { dryRun }: DryRun): Promise<KubeObject> {
    const ref = referenceOf(object);
    return this.at(ref) ? this.patch(ref, object, { dryRun }) : this.create(object, { dryRun });
  }

  async accessReview(): Promise<{ allowed: boolean }> {
    return { allowed: true };
  }

  async request(method: string, path: string): Promise<unknown> {
    this.requests.push(`${method} ${path}`);
    return {};
  }

  async close(): Promise<void> {}

  /** What has finalizers is only marked; a namespace takes its content along. */
  async remove(
    ref: ObjectReference,
    { uid, resourceVersion }: CallOptions & { uid?: string; resourceVersion?: string } = {},
  ): Promise<boolean> {
    this.attempt('delete', ref);
    const object = this.at(ref);
    if (!object || (uid !== undefined && object.metadata.uid !== uid)) return false;
    if (resourceVersion !== undefined && object.metadata.resourceVersion !== resourceVersion) {
      throw this.refusal(409, 'Conflict', ref);
    }
    this.record('delete', ref);
    if (object.metadata.finalizers?.length) {
      this.set({ ...object, metadata: { ...object.metadata, deletionTimestamp: '2026-01-01T00:00:00Z' } });
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

  private at(ref: Ref): KubeObject | undefined {
    return this.objects.get(describeReference({ apiVersion: '', ...ref }));
  }

  private attempt(verb: string, ref: ObjectReference, dryRun = false): void {
    this.beforeMutation(`${dryRun ? 'try to ' : ''}${verb} ${describeReference(ref)}`);
  }

  private record(verb: string, ref: ObjectReference): void {
    this.mutations.push(`${verb} ${describeReference(ref)}`);
  }

  private tell(change: Change): void {
    for (const listener of this.listeners) listener(change);
  }

  private refusal(code: number, reason: string, ref: ObjectReference): KubernetesApiError {
    const message = `${describeReference(ref)}: ${reason}`;
    return new KubernetesApiError(message, { code, reason, cluster: this.name, verb: '', path: '' });
  }
}

/** One more with each write that changes the spec, of Deployments also with one that changes annotations. */
function generationOf(object: KubeObject, known: KubeObject | undefined): number | undefined {
  const { kind, metadata, spec } = object;
  if (!WORKLOAD_KINDS.some((workload) => workload.kind === kind)) return metadata.generation;
  if (!known) return 1;
  const isSame =
    isDeepStrictEqual(spec, known.spec) &&
    (kind !== 'Deployment' || isDeepStrictEqual(metadata.annotations ?? {}, known.metadata.annotations ?? {}));
  return (known.metadata.generation ?? 1) + (isSame ? 0 : 1);
}

const matches = (
  { metadata, ...object }: KubeObject,
  { namespace, labelSelector, fieldSelector }: ListOptions,
): boolean =>
  (namespace === undefined || metadata.namespace === namespace) &&
  matchesLabels(parseLabelSelector(labelSelector ?? ''), metadata.labels) &&
  matchesFields(parseFieldSelector(fieldSelector ?? ''), { ...object, metadata } as KubeObject);
