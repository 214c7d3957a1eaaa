import {
  describeReference,
  type KubeObject,
  type ObjectReference,
  referenceOf,
} from '../resources/meta/kube-object.js';
import { parseJson } from '../resources/meta/parse-json.js';
import { type ApiCall, ApiConnection, type ConnectionTimes } from './api-connection.js';
import { collectionPath, objectPath } from './api-paths.js';
import type { ClusterAccess } from './cluster-access.js';
import type {
  AccessQuestion,
  ApiResource,
  ApiType,
  CallOptions,
  ClusterClient,
  ListOptions,
  WatchEvent,
  WatchOptions,
} from './cluster-client.js';
import { Discovery } from './discovery.js';
import { isAlreadyExists, isConflict, isNotFound } from './kubernetes-api-error.js';
import { listObjects } from './list-objects.js';
import { watchObjects } from './watch-objects.js';

const PATCH_TYPES = {
  merge: 'application/merge-patch+json',
  json: 'application/json-patch+json',
  strategic: 'application/strategic-merge-patch+json',
} as const;

/**
 * Opens access to a cluster. Nothing is sent before the first call; `close` ends the pooled connections.
 *
 * @throws InvalidClusterAccess when address, CA bundle or token cannot be right as they are written
 */
export const connectCluster = (access: ClusterAccess, times?: Partial<ConnectionTimes>): ConnectedCluster =>
  new ConnectedCluster(new ApiConnection(access, times));

export class ConnectedCluster implements ClusterClient {
  readonly name: string;
  readonly server: string;
  private readonly discovery: Discovery;

  constructor(private readonly connection: ApiConnection) {
    this.name = connection.place.name;
    this.server = connection.place.server;
    this.discovery = new Discovery(connection);
  }

  get serverKeys(): ReadonlySet<string> {
    return this.connection.serverKeys;
  }

  /** Milliseconds for which nothing was asked or read. */
  get idleFor(): number {
    return this.connection.idleFor;
  }

  async version({ signal }: CallOptions = {}): Promise<{ major: number; minor: number; gitVersion: string }> {
    const answer = await this.connection.json({
      method: 'GET',
      path: '/version',
      verb: 'get',
      object: 'version',
      signal,
    });
    const { major, minor, gitVersion } = answer as { major: string; minor: string; gitVersion: string };
    // Managed clusters say "27+".
    return { major: Number.parseInt(major, 10), minor: Number.parseInt(minor, 10), gitVersion };
  }

  discover(options?: CallOptions & { refresh?: boolean }): Promise<ApiResource[]> {
    return this.discovery.discover(options);
  }

  resourceOf(type: ApiType, options?: CallOptions): Promise<ApiResource | undefined> {
    return this.discovery.resourceOf(type, options);
  }

  async get(ref: ObjectReference, { signal }: CallOptions = {}): Promise<KubeObject | undefined> {
    return orIfMissing(undefined, () => this.call(ref, { method: 'GET', verb: 'get', signal }));
  }

  async list(type: ApiType, options: ListOptions = {}): Promise<{ items: KubeObject[]; resourceVersion: string }> {
    return listObjects(this.connection, type, await this.collection('list', type, options), options);
  }

  async create(object: KubeObject, options: CallOptions & { dryRun?: boolean } = {}): Promise<KubeObject> {
    const ref = referenceOf(object);
    const resource = await this.served('create', ref, options.signal);
    return (await this.connection.json({
      method: 'POST',
      path: collectionPath(resource, ref.namespace),
      verb: 'create',
      object: describeReference(ref),
      body: object,
      query: dryRun(options),
      signal: options.signal,
    })) as KubeObject;
  }

  async createIfAbsent(
    object: KubeObject,
    options: CallOptions = {},
  ): Promise<{ object: KubeObject; created: boolean }> {
    for (;;) {
      try {
        return { object: await this.create(object, options), created: true };
      } catch (error) {
        if (!isAlreadyExists(error)) {
          throw error;
        }
        const existing = await this.get(referenceOf(object), options);
        if (existing) {
          return { object: existing, created: false };
        }
      }
    }
  }

  patch(
    ref: ObjectReference,
    patch: unknown,
    options: CallOptions & { type?: keyof typeof PATCH_TYPES; subresource?: string; dryRun?: boolean } = {},
  ): Promise<KubeObject> {
    const { type = 'merge', subresource, signal } = options;
    const contentType = PATCH_TYPES[type];
    const call = { method: 'PATCH', verb: 'patch', body: patch, contentType, query: dryRun(options), signal } as const;
    return this.call(ref, call, subresource);
  }

  apply(
    object: KubeObject,
    options: CallOptions & { fieldManager: string; force?: boolean; dryRun?: boolean },
  ): Promise<KubeObject> {
    return this.call(referenceOf(object), {
      method: 'PATCH',
      verb: 'apply',
      body: object,
      contentType: 'application/apply-patch+yaml',
      query: { fieldManager: options.fieldManager, force: options.force, ...dryRun(options) },
      signal: options.signal,
    });
  }

  async remove(
    ref: ObjectReference,
    options: CallOptions & {
      propagationPolicy?: 'Foreground' | 'Background' | 'Orphan';
      gracePeriodSeconds?: number;
      uid?: string;
      resourceVersion?: string;
    } = {},
  ): Promise<boolean> {
    const { signal, propagationPolicy, gracePeriodSeconds, uid, resourceVersion } = options;
    const preconditions = uid || resourceVersion ? { uid, resourceVersion } : undefined;
    const body = { kind: 'DeleteOptions', apiVersion: 'v1', propagationPolicy, gracePeriodSeconds, preconditions };
    try {
      return await orIfMissing(false, async () => {
        await this.call(ref, { method: 'DELETE', verb: 'delete', body, signal });
        return true;
      });
    } catch (error) {
      // Another object of the same name: the one that was meant is gone.
      if (uid && isConflict(error) && (await this.get(ref, { signal }))?.metadata.uid !== uid) {
        return false;
      }
      throw error;
    }
  }

  async *watch(type: ApiType, options: WatchOptions = {}): AsyncGenerator<WatchEvent, void, undefined> {
    const target = await this.collection('watch', type, options);
    yield* watchObjects(this.connection, target, () => this.list(type, options), options);
  }

  logs(
    pod: { namespace: string; name: string; container?: string },
    options: CallOptions & { follow?: boolean; tailLines?: number; sinceSeconds?: number } = {},
  ): AsyncGenerator<string, void, undefined> {
    const { signal, ...query } = options;
    return this.connection.lines({
      method: 'GET',
      path: `/api/v1/namespaces/${pod.namespace}/pods/${pod.name}/log`,
      verb: 'read',
      object: `log of Pod ${pod.namespace}/${pod.name}`,
      query: { container: pod.container, ...query },
      signal,
      // A container may say nothing for hours; a connection that died is noticed by TCP's probes.
      silence: options.follow ? 0 : undefined,
    });
  }

  async accessReview(
    question: AccessQuestion,
    { signal }: CallOptions = {},
  ): Promise<{ allowed: boolean; reason?: string }> {
    const answer = await this.connection.json({
      method: 'POST',
      path: '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
      verb: 'create',
      object: 'SelfSubjectAccessReview',
      body: {
        apiVersion: 'authorization.k8s.io/v1',
        kind: 'SelfSubjectAccessReview',
        spec: { resourceAttributes: question },
      },
      signal,
      repeatable: true,
    });
    const { status } = answer as { status: { allowed: boolean; reason?: string } };
    return { allowed: status.allowed, reason: status.reason };
  }

  async request(
    method: string,
    path: string,
    options: CallOptions & { body?: unknown; contentType?: string; query?: Record<string, string> } = {},
  ): Promise<unknown> {
    const verb = method.toLowerCase();
    const text = await this.connection.text({
      ...options,
      method: method as ApiCall['method'],
      path,
      verb,
      object: path,
    });
    try {
      return parseJson(text);
    } catch {
      return text;
    }
  }

  close(): Promise<void> {
    return this.connection.close();
  }

  private async call(
    ref: ObjectReference,
    call: Omit<ApiCall, 'path' | 'object'>,
    subresource?: string,
  ): Promise<KubeObject> {
    const path = objectPath(await this.served(call.verb, ref, call.signal), ref, subresource);
    const object = `${describeReference(ref)}${subresource ? `/${subresource}` : ''}`;
    return (await this.connection.json({ ...call, path, object })) as KubeObject;
  }

  private async collection(
    verb: string,
    type: ApiType,
    { namespace, signal }: ListOptions,
  ): Promise<{ path: string; object: string }> {
    const resource = await this.served(verb, type, signal);
    const object = `${type.kind} objects${namespace ? ` in namespace ${namespace}` : ''}`;
    return { path: collectionPath(resource, namespace), object };
  }

  private async served(verb: string, type: ApiType, signal: AbortSignal | undefined): Promise<ApiResource> {
    const resource = await this.discovery.resourceOf(type, { signal });
    if (!resource) {
      const body = `the cluster does not serve ${type.kind} of ${type.apiVersion}`;
      throw this.connection.refusal({ verb, object: type.kind, path: '', method: 'GET' }, { code: 404, body });
    }
    return resource;
  }
}

const dryRun = (options: { dryRun?: boolean }): ApiCall['query'] => ({ dryRun: options.dryRun ? 'All' : undefined });

async function orIfMissing<T>(missing: T, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (isNotFound(error)) {
      return missing;
    }
    throw error;
  }
}
