import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { Agent, fetch } from 'undici';
import { authorityFile } from '../machine/certificates.js';
import { readCredentials } from '../machine/credentials.js';
import type { ClusterPlace } from '../machine/slot.js';

export interface KubeObject {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace?: string; generation?: number; [field: string]: unknown };
  [field: string]: unknown;
}

interface ResourceList {
  resources: { name: string; kind: string; namespaced: boolean }[];
}

/**
 * The few requests the lab makes of a cluster, as its administrator. A client library would cost more start-up time
 * than all the rest of an `up` that finds everything running.
 */
export class KubeClient {
  private readonly discovered = new Map<string, Promise<ResourceList>>();

  private constructor(
    private readonly server: string,
    private readonly token: string,
    private readonly agent: Agent,
  ) {}

  static async of(place: ClusterPlace): Promise<KubeClient> {
    const agent = new Agent({ connect: { ca: await readFile(authorityFile(place)) } });
    return new KubeClient(place.apiServer, (await readCredentials()).adminToken, agent);
  }

  /** @throws when the server cannot be reached or refuses, with its reason */
  async get<T>(path: string): Promise<T> {
    return this.request<T>('GET', path);
  }

  /** Brings objects into the given form by server-side apply, one after another (a namespace before what is in it). */
  async apply(objects: KubeObject[]): Promise<void> {
    for (const object of objects) {
      await this.request('PATCH', `${await this.pathOf(object)}?fieldManager=lab&force=true`, JSON.stringify(object));
    }
  }

  private async pathOf({ apiVersion, kind, metadata }: KubeObject): Promise<string> {
    const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
    const list = this.discovered.get(root) ?? this.get<ResourceList>(root);
    this.discovered.set(root, list);
    const resource = (await list).resources.find(({ name, kind: found }) => found === kind && !name.includes('/'));
    if (!resource) throw new Error(`${this.server} has no ${kind} in ${apiVersion}`);
    const scope = resource.namespaced ? `/namespaces/${metadata.namespace ?? 'default'}` : '';
    return `${root}${scope}/${resource.name}/${metadata.name}`;
  }

  private async request<T>(method: string, path: string, body?: string): Promise<T> {
    const headers: Record<string, string> = { authorization: `Bearer ${this.token}` };
    if (body) headers['content-type'] = 'application/apply-patch+yaml';
    const signal = AbortSignal.timeout(20_000);
    const response = await fetch(this.server + path, { method, headers, body, dispatcher: this.agent, signal });
    const answer = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${answer.slice(0, 500)}`);
    return answer.startsWith('{') ? (JSON.parse(answer) as T) : (answer as T);
  }
}

interface Node {
  status?: { conditions?: { type: string; status: string }[] };
}

export async function isNodeReady(client: KubeClient, place: ClusterPlace): Promise<boolean> {
  const node = await client.get<Node>(`/api/v1/nodes/${place.nodeName}`);
  return node.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false;
}

/** Waits until `probe` holds; errors of a server that is still starting count as "not yet". */
export async function waitUntil(what: string, probe: () => Promise<boolean>, seconds = 90): Promise<void> {
  let lastError: unknown;
  for (const deadline = Date.now() + seconds * 1000; Date.now() < deadline; await sleep(100)) {
    try {
      if (await probe()) return;
      lastError = undefined;
    } catch (error) {
      lastError = error;
    }
  }
  throw new Error(`${what}: not within ${seconds} s`, { cause: lastError });
}
