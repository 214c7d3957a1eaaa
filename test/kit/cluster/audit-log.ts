import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { auditLogOf } from '../../../lab/cluster/control-plane.js';
import { type ClusterName, existingSlot } from '../../../lab/machine/slot.js';

/** A change that an API server made, as it recorded it. */
export interface Write {
  /** Of Kubernetes: `create`, `update`, `patch`, `delete`, `deletecollection`. */
  verb: string;
  /** Plural, group and subresource, such as `pods`, `deployments.apps` or `deployments.apps/scale`. */
  resource: string;
  /** Empty for a cluster-scoped object. */
  namespace: string;
  name: string;
  user: string;
  /** ISO 8601, UTC. */
  time: string;
}

/** An object that came into being, as its API server recorded it. */
export interface Creation {
  /** Plural and group, such as `pods` or `deployments.apps`. */
  resource: string;
  /** Empty for a cluster-scoped object. */
  namespace: string;
  name: string;
  user: string;
  /** ISO 8601, UTC. */
  time: string;
}

interface AuditEvent {
  verb: string;
  requestURI?: string;
  user: { username: string };
  objectRef?: { resource: string; apiGroup?: string; namespace?: string; name?: string; subresource?: string };
  responseStatus?: { code: number };
  requestReceivedTimestamp: string;
}

/** The creation a line of an audit log tells of. A server-side apply of a new object is one too: it answers 201. */
export function creationIn(line: string): Creation | undefined {
  const { verb, user, objectRef, responseStatus, requestReceivedTimestamp } = parse(line);
  if (!objectRef || objectRef.subresource || responseStatus?.code !== 201) return undefined;
  if (verb !== 'create' && verb !== 'patch' && verb !== 'update') return undefined;
  const { resource, apiGroup, namespace = '', name = '' } = objectRef;
  const fullResource = apiGroup ? `${resource}.${apiGroup}` : resource;
  return { resource: fullResource, namespace, name, user: user.username, time: requestReceivedTimestamp };
}

const WRITES = new Set(['create', 'update', 'patch', 'delete', 'deletecollection']);

/** The write a line of an audit log tells of; undefined for one that was refused, and for a dry run. */
export function writeIn(line: string): Write | undefined {
  const { verb, requestURI = '', user, objectRef, responseStatus, requestReceivedTimestamp } = parse(line);
  if (!objectRef || !WRITES.has(verb) || (responseStatus?.code ?? 0) >= 300) return undefined;
  if (new URLSearchParams(requestURI.split('?')[1]).has('dryRun')) return undefined;
  const { resource, apiGroup, namespace = '', name = '', subresource } = objectRef;
  return {
    verb,
    resource: [apiGroup ? `${resource}.${apiGroup}` : resource, subresource].filter(Boolean).join('/'),
    namespace,
    name,
    user: user.username,
    time: requestReceivedTimestamp,
  };
}

const parse = (line: string): AuditEvent => JSON.parse(line) as AuditEvent;

/** The objects created in a cluster since a moment, oldest first. Events and leases are not recorded. */
const readCreations = (cluster: ClusterName, since: Date): Promise<Creation[]> =>
  readLog(cluster, since, '', creationIn);

/** What was written in a cluster since a moment to objects whose address holds `part`, oldest first. */
export const readWrites = (cluster: ClusterName, since: Date, part: string): Promise<Write[]> =>
  readLog(cluster, since, part, writeIn);

/** @param part lines without it are not looked at */
async function readLog<Entry extends { time: string }>(
  cluster: ClusterName,
  since: Date,
  part: string,
  entryIn: (line: string) => Entry | undefined,
): Promise<Entry[]> {
  const folder = dirname(auditLogOf(await folderOf(cluster)));
  const entries: Entry[] = [];
  // The server moves a full log aside, as audit-TIME.log.
  for (const file of (await readdir(folder)).filter((name) => name.startsWith('audit')).sort()) {
    if ((await stat(join(folder, file))).mtime < since) continue;
    for await (const line of createInterface({ input: createReadStream(join(folder, file)) })) {
      const entry = line.includes(part) ? entryIn(line) : undefined;
      if (entry && new Date(entry.time) >= since) entries.push(entry);
    }
  }
  return entries;
}

/** Of the lab whose kubeconfigs the environment names, which may be that of another checkout; else of this one's. */
async function folderOf(cluster: ClusterName): Promise<string> {
  const kubeconfig = process.env[`${cluster.toUpperCase()}_KUBECONFIG`];
  return kubeconfig ? dirname(kubeconfig) : (await existingSlot()).clusters[cluster].folder;
}

/** How many times each object was created in a cluster since a moment; keys are like `pods shop/web-0`. */
export async function countCreates(cluster: ClusterName, since: Date): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  for (const { resource, namespace, name } of await readCreations(cluster, since)) {
    const key = `${resource} ${namespace ? `${namespace}/` : ''}${name}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
}
