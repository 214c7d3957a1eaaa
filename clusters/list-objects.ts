import type { KubeObject } from '../resources/meta/kube-object.js';
import type { ApiConnection } from './api-connection.js';
import type { ApiType, ListOptions } from './cluster-client.js';
import { KubernetesApiError } from './kubernetes-api-error.js';

const PAGE = 500;

interface ListAnswer {
  metadata: { resourceVersion?: string; continue?: string };
  items?: KubeObject[] | null;
}

/** Reads a whole collection in pages of one consistent version. */
export async function listObjects(
  connection: ApiConnection,
  type: ApiType,
  target: { path: string; object: string },
  options: ListOptions,
): Promise<{ items: KubeObject[]; resourceVersion: string }> {
  const items: KubeObject[] = [];
  let page = await readPage(connection, target, options, { limit: options.limit ?? PAGE });
  for (;;) {
    for (const item of page.items ?? []) {
      // Servers leave type and version out of the items of built-in kinds.
      items.push({ ...item, apiVersion: type.apiVersion, kind: type.kind });
    }
    if (!page.metadata.continue) {
      return { items, resourceVersion: page.metadata.resourceVersion ?? '' };
    }
    try {
      page = await readPage(connection, target, options, {
        limit: options.limit ?? PAGE,
        continue: page.metadata.continue,
      });
    } catch (error) {
      if (!(error instanceof KubernetesApiError && error.code === 410)) {
        throw error;
      }
      // The version of the first page is gone. One read without pages cannot expire again, however slow the reader.
      items.length = 0;
      page = await readPage(connection, target, options, {});
    }
  }
}

const readPage = async (
  connection: ApiConnection,
  { path, object }: { path: string; object: string },
  { labelSelector, fieldSelector, signal }: ListOptions,
  page: { limit?: number; continue?: string },
): Promise<ListAnswer> =>
  (await connection.json({
    method: 'GET',
    path,
    verb: 'list',
    object,
    signal,
    query: { labelSelector, fieldSelector, ...page },
  })) as ListAnswer;
