import { setTimeout as delay } from 'node:timers/promises';
import { cutText } from '../resources/meta/cut-text.js';
import type { KubeObject } from '../resources/meta/kube-object.js';
import { parseJson } from '../resources/meta/parse-json.js';
import type { ApiCall, ApiConnection } from './api-connection.js';
import { BOUNDS } from './bounds.js';
import type { WatchEvent, WatchOptions } from './cluster-client.js';
import { KubernetesApiError } from './kubernetes-api-error.js';

/** Seconds after which the server ends a watch, so that long ones wander over to the replicas that are up. */
const WATCH_SECONDS = 300;
const FIRST_PAUSE = 200;
const LONGEST_PAUSE = 5_000;

interface RawEvent {
  type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  object: KubeObject;
}

/**
 * The endless watch over connections that end. Until the cluster has answered once, failures are thrown; from then on only
 * refusals are (403, say), and everything that may pass is outlasted.
 *
 * @param list reads the current objects, for the start without a version and after a version has expired
 */
export async function* watchObjects(
  connection: ApiConnection,
  target: { path: string; object: string },
  list: () => Promise<{ items: KubeObject[]; resourceVersion: string }>,
  options: WatchOptions,
): AsyncGenerator<WatchEvent, void, undefined> {
  const { signal } = options;
  let version = options.resourceVersion;
  let answered = false;
  let failures = 0;
  for (;;) {
    try {
      if (version === undefined) {
        const current = await list();
        answered = true;
        version = current.resourceVersion;
        yield { type: 'SYNCED', objects: current.items, resourceVersion: version };
      }
      for await (const event of readEvents(connection, target, version, options)) {
        answered = true;
        failures = 0;
        version = event.object.metadata.resourceVersion ?? version;
        if (event.type !== 'BOOKMARK') {
          yield { type: event.type, object: event.object };
        }
      }
      answered = true;
    } catch (error) {
      signal?.throwIfAborted();
      if (!(error instanceof KubernetesApiError) || connection.isClosed) {
        throw error;
      }
      if (error.code === 410) {
        version = undefined;
      } else if (!answered || !error.retryable) {
        throw error;
      }
    }
    failures += 1;
    await pause(failures, signal);
  }
}

async function* readEvents(
  connection: ApiConnection,
  { path, object }: { path: string; object: string },
  version: string,
  options: WatchOptions,
): AsyncGenerator<{ type: Exclude<RawEvent['type'], 'ERROR'>; object: KubeObject }, void, undefined> {
  const call: ApiCall = {
    method: 'GET',
    path,
    verb: 'watch',
    object,
    signal: options.signal,
    silence: connection.times.watchSilence,
    lasts: connection.times.watch,
    lineBound: { longest: BOUNDS.answer, beyond: 'fail' },
    query: {
      watch: true,
      allowWatchBookmarks: true,
      resourceVersion: version,
      timeoutSeconds: WATCH_SECONDS,
      labelSelector: options.labelSelector,
      fieldSelector: options.fieldSelector,
    },
  };
  for await (const line of connection.lines(call)) {
    const event = parseEvent(line, connection, call);
    if (event.type === 'ERROR') {
      const { code, reason, message } = (event.object ?? {}) as { code?: number; reason?: string; message?: string };
      const body = JSON.stringify({ reason: cutText(`${reason ?? ''}`), message: cutText(`${message ?? ''}`) });
      throw connection.refusal(call, { code: Number(code) || 500, body });
    }
    yield { type: event.type, object: event.object };
  }
}

function parseEvent(line: string, connection: ApiConnection, call: ApiCall): RawEvent {
  let event: RawEvent | null;
  try {
    event = parseJson(line) as RawEvent | null;
  } catch (cause) {
    throw connection.failure(call, cause);
  }
  if (event?.object?.metadata || event?.type === 'ERROR') return event;
  throw connection.failure(call, new Error('a line of the answer is not an event'));
}

/** Doubling and spread, so that many watches do not come back to a restarted server in one instant. */
async function pause(failures: number, signal: AbortSignal | undefined): Promise<void> {
  const longest = Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (failures - 1));
  try {
    await delay(longest * (0.5 + Math.random() / 2), undefined, { signal });
  } catch {
    signal?.throwIfAborted();
  }
}
