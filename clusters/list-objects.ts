import { AnswerBeyondBounds } from '../resources/meta/answer-beyond-bounds.js';
import type { KubeObject } from '../resources/meta/kube-object.js';
import type { ApiCall, ApiConnection } from './api-connection.js';
import { BOUNDS, isTooLarge } from './bounds.js';
import type { ApiType, ListOptions } from './cluster-client.js';
import { KubernetesApiError } from './kubernetes-api-error.js';

const PAGE = 500;

interface ListAnswer {
  metadata: { resourceVersion?: string; continue?: string };
  items?: KubeObject[] | null;
}

/** A page that is too large is asked for again with so many times fewer objects. */
const SHRINK = 8;
/** Times the version of the first page may expire while the list is read. */
const RESTARTS = 3;

/** Reads a whole collection in pages of one consistent version. */
export async function listObjects(
  connection: ApiConnection,
  type: ApiType,
  target: { path: string; object: string },
  options: ListOptions,
): Promise<{ items: KubeObject[]; resourceVersion: string }> {
  const call: ApiCall = {
    method: 'GET',
    path: target.path,
    verb: 'list',
    object: target.object,
    signal: options.signal,
  };
  const items: KubeObject[] = [];
  let limit = options.limit ?? PAGE;
  let length = 0;
  let restarts = 0;
  let next: { limit?: number; continue?: string } = { limit };
  for (let pages = 1; ; pages += 1) {
    const page = await readPage(connection, call, options, next);
    if (isTooLarge(page)) {
      if (next.limit === 1) throw page;
      // Also when it was all to come at once: that is tried for consistency only.
      limit = Math.max(1, Math.floor(limit / SHRINK));
      next = { limit, continue: next.continue };
      continue;
    }
    if (page instanceof KubernetesApiError) {
      if (restarts === RESTARTS) throw page;
      // The version of the first page is gone. One read without pages cannot expire again, however slow the reader.
      restarts += 1;
      items.length = 0;
      length = 0;
      next = {};
      continue;
    }
    for (const item of page.items ?? []) {
      // Servers leave type and version out of the items of built-in kinds.
      items.push({ ...item, apiVersion: type.apiVersion, kind: type.kind });
    }
    length += page.length;
    if (!page.metadata.continue) return { items, resourceVersion: page.metadata.resourceVersion ?? '' };
    if (length > BOUNDS.list || pages >= BOUNDS.pages) {
      throw connection.failure(call, new AnswerBeyondBounds('ANSWER_TOO_LARGE', 'the list has no end'));
    }
    next = { limit, continue: page.metadata.continue };
  }
}

/** One page, or why there is none: it is too large, or its version has expired. */
async function readPage(
  connection: ApiConnection,
  call: ApiCall,
  { labelSelector, fieldSelector }: ListOptions,
  page: { limit?: number; continue?: string },
): Promise<(ListAnswer & { length: number }) | KubernetesApiError> {
  try {
    const query = { labelSelector, fieldSelector, ...page };
    const { value, length } = await connection.measuredJson({ ...call, query });
    if (!isList(value)) throw connection.failure(call, new Error('the answer is not a list'));
    return { ...value, length };
  } catch (error) {
    if (!(error instanceof KubernetesApiError)) throw error;
    if (isTooLarge(error) || (page.continue !== undefined && error.code === 410)) return error;
    throw error;
  }
}

/** Taken for an empty list, another answer would make all objects seem gone. */
const isList = (value: unknown): value is ListAnswer => {
  const { metadata, items } = (value ?? {}) as Partial<ListAnswer>;
  return typeof metadata === 'object' && metadata !== null && (Array.isArray(items) || !items);
};
