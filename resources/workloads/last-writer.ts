import type { KubeObject } from '../meta/kube-object.js';
import { workloadKindOf } from './workload-kinds.js';

/** Who last set the field that halts a workload, from its managed fields. */
export interface LastWriter {
  /** Field manager, e.g. `argocd-controller` or `kubectl`. */
  manager: string;
  subresource?: string;
  /** RFC 3339 */
  time?: string;
}

interface ManagedFields extends LastWriter {
  fieldsV1?: Record<string, unknown>;
}

/** Undefined when the server keeps no managed fields for it. */
export function lastWriterOf(workload: KubeObject): LastWriter | undefined {
  const path = ['spec', ...workloadKindOf(workload).field(workload)].map((name) => `f:${name}`);
  const entries = (workload.metadata.managedFields ?? []) as ManagedFields[];
  const writers = entries.filter(({ fieldsV1 }) => owns(fieldsV1, path));
  const newest = writers.toSorted((a, b) => (b.time ?? '').localeCompare(a.time ?? ''))[0];
  return newest && { manager: newest.manager, subresource: newest.subresource, time: newest.time };
}

function owns(fields: unknown, path: readonly string[]): boolean {
  let node = fields;
  for (const step of path) {
    if (typeof node !== 'object' || node === null || !(step in node)) return false;
    node = (node as Record<string, unknown>)[step];
  }
  return true;
}
