import { execFile, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { promisify } from 'node:util';
import pino from 'pino';
import { Agent, fetch, type RequestInit, type Response } from 'undici';
import { stringify } from 'yaml';
import { createApi } from '../../api/create-api.js';
import { writeKubeconfig } from '../../api/identity/kubeconfig.js';
import { loadLocalIdentity } from '../../api/identity/local-identity.js';
import type { MigrationStore } from '../../migrations-db/migration-store.js';
import type { KubeObject } from '../../resources/meta/kube-object.js';
import type { TemporaryPostgres } from '../kit/postgres/temporary-postgres.js';
import { startStoreOnOwnServer, startTemporaryStore, type TemporaryStore } from '../kit/postgres/temporary-store.js';

const run = promisify(execFile);

export const NAMESPACE = 'openshift-migration';
export const KINDS_PATH = '/apis/migration.openshift.io/v1alpha1';
export const OBJECTS_PATH = `${KINDS_PATH}/namespaces/${NAMESPACE}`;

export interface Answer {
  code: number;
  headers: Response['headers'];
  // biome-ignore lint/suspicious/noExplicitAny: tests look into replies of many shapes.
  body: any;
}

export interface KubectlResult {
  code: number;
  stdout: string;
  stderr: string;
}

/** The real API over TLS, on a database of its own, with kubectl and a plain HTTP client to ask it. */
export class TestApi {
  /** Everything the service has logged. */
  log = '';

  private constructor(
    readonly url: string,
    readonly token: string,
    /** PEM certificate of who signed the server's. */
    readonly ca: string,
    readonly folder: string,
    readonly kubeconfig: string,
    private readonly agent: Agent,
    private readonly temporary: TemporaryStore,
    private readonly closeApi: () => Promise<void>,
  ) {}

  static async start(): Promise<TestApi> {
    return TestApi.on(await startTemporaryStore());
  }

  /** Another one on the same database, which stays when it is closed. */
  static async beside(other: TestApi): Promise<TestApi> {
    const store = await other.temporary.openAnother();
    return TestApi.on({ ...other.temporary, store, remove: () => store.close() });
  }

  /** With a Postgres server that the test may take away. */
  static async startOnOwnServer(): Promise<{ api: TestApi; postgres: TemporaryPostgres }> {
    const temporary = await startStoreOnOwnServer();
    return { api: await TestApi.on(temporary), postgres: temporary.postgres };
  }

  private static async on(temporary: TemporaryStore): Promise<TestApi> {
    const folder = await mkdtemp(path.join(tmpdir(), 'mtc-test-api-'));
    const identity = await loadLocalIdentity(folder);
    const lines: string[] = [];
    const sink = new Writable({
      write(chunk, _encoding, done) {
        lines.push(String(chunk));
        done();
      },
    });
    const { tokens, tls, ca } = identity;
    const token = tokens.admin;
    const api = await createApi({ store: temporary.store, tokens, tls, logger: pino(sink) });
    const url = await api.listen({ host: '127.0.0.1', port: 0 });
    const kubeconfig = await writeKubeconfig(folder, url, { ca, token });
    const agent = new Agent({ connect: { ca }, connections: 200, keepAliveTimeout: 500, keepAliveMaxTimeout: 500 });
    const testApi = new TestApi(url, token, ca, folder, kubeconfig, agent, temporary, () => api.close());
    Object.defineProperty(testApi, 'log', { get: () => lines.join('') });
    return testApi;
  }

  get store(): MigrationStore {
    return this.temporary.store;
  }

  sql<Row>(statement: string, parameters?: unknown[]): Promise<Row[]> {
    return this.temporary.sql<Row>(statement, parameters);
  }

  fetch(pathAndQuery: string, init: RequestInit = {}): Promise<Response> {
    const headers = { Authorization: `Bearer ${this.token}`, ...(init.headers as Record<string, string>) };
    return fetch(`${this.url}${pathAndQuery}`, { ...init, headers, dispatcher: this.agent });
  }

  /** One request; an object as body is sent as JSON, text as it is. */
  async request(
    method: string,
    pathAndQuery: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
    const response = await this.fetch(pathAndQuery, {
      method,
      body: text,
      headers: { ...(text !== undefined && { 'Content-Type': 'application/json' }), ...headers },
    });
    const answer = await response.text();
    const isJson = response.headers.get('content-type')?.startsWith('application/json');
    return { code: response.status, headers: response.headers, body: isJson ? JSON.parse(answer) : answer };
  }

  create(plural: string, object: object): Promise<Answer> {
    return this.request('POST', `${OBJECTS_PATH}/${plural}`, object);
  }

  patch(plural: string, name: string, patch: unknown, type = 'merge-patch'): Promise<Answer> {
    const headers = { 'Content-Type': `application/${type}+json` };
    return this.request('PATCH', `${OBJECTS_PATH}/${plural}/${name}`, patch, headers);
  }

  /** Runs kubectl; a failing one is an answer too. */
  async kubectl(...args: string[]): Promise<KubectlResult> {
    try {
      const { stdout, stderr } = await run(this.program, ['--kubeconfig', this.kubeconfig, ...args], { env: this.env });
      return { code: 0, stdout, stderr };
    } catch (error) {
      const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
      return { code, stdout, stderr };
    }
  }

  /** `kubectl apply` of objects, sent as one YAML file. */
  async apply(objects: object[], ...args: string[]): Promise<KubectlResult> {
    const file = path.join(this.folder, 'manifest.yaml');
    await writeFile(file, objects.map((object) => stringify(object)).join('---\n'));
    return this.kubectl('apply', '-f', file, ...args);
  }

  /** Starts a kubectl that keeps running; `lines` grows as it prints. */
  follow(...args: string[]): { lines: string[]; stop: () => void } {
    const child = spawn(this.program, ['--kubeconfig', this.kubeconfig, ...args], { env: this.env });
    const lines: string[] = [];
    createInterface(child.stdout).on('line', (line) => lines.push(line));
    return { lines, stop: () => child.kill('SIGKILL') };
  }

  /** The events of a watch as they arrive, until `stop`. */
  async watch(
    pathAndQuery: string,
    headers: Record<string, string> = {},
  ): Promise<{ events: { type: string; object: KubeObject }[]; stop: () => void }> {
    const abort = new AbortController();
    const response = await this.fetch(pathAndQuery, { signal: abort.signal, headers });
    if (!response.ok || !response.body) throw new Error(`the watch was refused: ${await response.text()}`);
    const events: { type: string; object: KubeObject }[] = [];
    void readLines(response.body, (line) => events.push(JSON.parse(line)));
    return { events, stop: () => abort.abort() };
  }

  async close(): Promise<void> {
    await this.closeApi();
    await this.agent.destroy();
    await this.temporary.remove();
    await rm(this.folder, { recursive: true, force: true });
  }

  readFile(name: string): Promise<string> {
    return readFile(path.join(this.folder, name), 'utf8');
  }

  private get program(): string {
    return process.env.KUBECTL ?? 'kubectl';
  }

  /** A home of its own keeps kubectl's cache of discovery documents out of the user's. */
  private get env(): NodeJS.ProcessEnv {
    return { PATH: process.env.PATH, HOME: this.folder };
  }
}

async function readLines(stream: AsyncIterable<Uint8Array>, onLine: (line: string) => void): Promise<void> {
  const decoder = new TextDecoder();
  let rest = '';
  try {
    for await (const chunk of stream) {
      const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) onLine(line);
    }
  } catch (error) {
    if ((error as Error).name !== 'AbortError') throw error;
  }
}
