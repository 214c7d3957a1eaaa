import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { CallOptions } from '../../clusters/cluster-client.js';
import type { StorageAccess } from '../../object-storage/object-store.js';
import { openStore } from '../../object-storage/open-store.js';
import { cutText } from '../../resources/meta/cut-text.js';
import type { KubeObject } from '../../resources/meta/kube-object.js';
import { parseJson } from '../../resources/meta/parse-json.js';
import { VELERO_PREFIX } from './backup-location-manifest.js';

/** One list per kind of trouble, each line with the namespace it belongs to. */
export interface VeleroResults {
  errors: string[];
  warnings: string[];
}

/** Bytes, packed and unpacked: whoever writes the bucket, or rules the other cluster's Velero, writes the file. */
const LARGEST_RESULTS = 16 * 1024 * 1024;

const unzip = promisify(gunzip);

/** Beside the object's status, which holds counts only, Velero leaves its messages in the bucket. */
const resultsKey = ({ kind, metadata: { name } }: KubeObject): string =>
  kind === 'Restore'
    ? `${VELERO_PREFIX}/restores/${name}/restore-${name}-results.gz`
    : `${VELERO_PREFIX}/backups/${name}/${name}-results.gz`;

/** What Velero reported about an ended Backup or Restore. */
export async function readResults(
  access: StorageAccess,
  object: KubeObject,
  options: CallOptions,
): Promise<VeleroResults> {
  const store = openStore(access);
  try {
    const packed = await store.read(resultsKey(object), { atMost: LARGEST_RESULTS, ...options });
    const text = (await unzip(packed, { maxOutputLength: LARGEST_RESULTS })).toString('utf8');
    const file = parseJson(text) as { errors?: unknown; warnings?: unknown } | null;
    return { errors: lines(file?.errors), warnings: lines(file?.warnings) };
  } finally {
    store.close();
  }
}

/** As Velero writes it: messages about itself, about cluster-scoped objects and about those of each namespace. */
function lines(list: unknown): string[] {
  const { velero, cluster, namespaces } = (list ?? {}) as Record<string, unknown>;
  return [
    ...messages(velero),
    ...messages(cluster),
    ...Object.entries(namespaces ?? {}).flatMap(([namespace, found]) =>
      messages(found).map((message) => `${namespace}: ${message}`),
    ),
  ];
}

const messages = (list: unknown): string[] =>
  Array.isArray(list) ? list.filter((item) => typeof item === 'string').map((message) => cutText(message)) : [];

const EXCERPT_LINES = 5;
const EXCERPT_WIDTH = 300;

/** The first lines, cut to what an operator reads in a condition. */
export function excerpt(messages: readonly string[]): string[] {
  const shown = messages.slice(0, EXCERPT_LINES).map((message) => message.trim().slice(0, EXCERPT_WIDTH));
  const more = messages.length - shown.length;
  return more > 0 ? [...shown, `and ${more} more`] : shown;
}
