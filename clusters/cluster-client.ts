import type { KubeObject, ObjectReference } from '../resources/meta/kube-object.js';

export interface ApiType {
  apiVersion: string;
  kind: string;
}

export interface ApiResource extends ApiType {
  /** Plural, as in URLs. */
  resource: string;
  group: string;
  version: string;
  namespaced: boolean;
  verbs: string[];
}

export interface CallOptions {
  signal?: AbortSignal;
}

export interface ListOptions extends CallOptions {
  namespace?: string;
  labelSelector?: string;
  fieldSelector?: string;
  /** Page size; all pages are read. */
  limit?: number;
}

export interface WatchOptions extends CallOptions {
  namespace?: string;
  labelSelector?: string;
  fieldSelector?: string;
  /** Resume after this version; without it the watch begins with a SYNCED event that carries the current list. */
  resourceVersion?: string;
}

export type WatchEvent =
  | { type: 'SYNCED'; objects: KubeObject[]; resourceVersion: string }
  | { type: 'ADDED' | 'MODIFIED' | 'DELETED'; object: KubeObject };

export interface AccessQuestion {
  verb: string;
  group: string;
  resource: string;
  subresource?: string;
  namespace?: string;
  name?: string;
}

/**
 * Access to one cluster with one credential revision. Objects are raw JSON: fields this program does not know survive.
 * Failures are {@link KubernetesApiError}; broken connections and 429/5xx are retried a few times inside, then thrown with `retryable`.
 */
export interface ClusterClient {
  /** Name of the MigCluster, for messages. */
  readonly name: string;
  /** API server's URL; its host is the address of last resort for NodePorts. */
  readonly server: string;

  /**
   * Hashes of the public keys of its servers and of the authorities of its bundle that vouch for them, as far as it has answered: what
   * it says of itself can be said by another cluster, these it cannot prove.
   */
  readonly serverKeys: ReadonlySet<string>;

  version(options?: CallOptions): Promise<{ major: number; minor: number; gitVersion: string }>;
  /** All listable types in their preferred version; cached for the life of the client, `refresh` reads again. */
  discover(options?: CallOptions & { refresh?: boolean }): Promise<ApiResource[]>;
  /** Undefined when the cluster does not serve the type. */
  resourceOf(type: ApiType, options?: CallOptions): Promise<ApiResource | undefined>;

  /** Undefined on 404. */
  get(ref: ObjectReference, options?: CallOptions): Promise<KubeObject | undefined>;
  list(type: ApiType, options?: ListOptions): Promise<{ items: KubeObject[]; resourceVersion: string }>;
  /** Throws with reason AlreadyExists on 409. */
  create(object: KubeObject, options?: CallOptions & { dryRun?: boolean }): Promise<KubeObject>;
  /** Creates, or returns the one that is there; `created` tells which. */
  createIfAbsent(object: KubeObject, options?: CallOptions): Promise<{ object: KubeObject; created: boolean }>;
  patch(
    ref: ObjectReference,
    patch: unknown,
    options?: CallOptions & { type?: 'merge' | 'json' | 'strategic'; subresource?: string; dryRun?: boolean },
  ): Promise<KubeObject>;
  /** Server-side apply. */
  apply(
    object: KubeObject,
    options: CallOptions & { fieldManager: string; force?: boolean; dryRun?: boolean },
  ): Promise<KubeObject>;
  /** False when it was not there. */
  remove(
    ref: ObjectReference,
    options?: CallOptions & {
      propagationPolicy?: 'Foreground' | 'Background' | 'Orphan';
      gracePeriodSeconds?: number;
      uid?: string;
      resourceVersion?: string;
    },
  ): Promise<boolean>;

  /**
   * Never ends by itself: reconnects, resumes after the last version, lists again (a new SYNCED) after 410. Throws what goes wrong
   * before the cluster has answered once, later only refusals (401, 403, 404). Rejects with the signal's reason when it aborts.
   */
  watch(type: ApiType, options?: WatchOptions): AsyncGenerator<WatchEvent, void, undefined>;
  /** Lines of a container's log. */
  logs(
    pod: { namespace: string; name: string; container?: string },
    options?: CallOptions & { follow?: boolean; tailLines?: number; sinceSeconds?: number },
  ): AsyncGenerator<string, void, undefined>;

  accessReview(question: AccessQuestion, options?: CallOptions): Promise<{ allowed: boolean; reason?: string }>;
  /** Escape for subresources not covered above. `path` begins with /. The answer's JSON, or its text if it is not JSON. */
  request(
    method: string,
    path: string,
    options?: CallOptions & { body?: unknown; contentType?: string; query?: Record<string, string> },
  ): Promise<unknown>;
  close(): Promise<void>;
}

/** Gives the client of a MigCluster with its newest credentials; cached per credential revision. */
export interface ClusterConnections {
  connect(cluster: { namespace: string; name: string }): Promise<ClusterClient>;
  close(): Promise<void>;
}
