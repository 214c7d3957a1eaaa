import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { auditLogOf } from './control-plane.js';
import { type ClusterName, existingSlot } from './slot.js';

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
  user: { username: string };
  objectRef?: { resource: string; apiGroup?: string; namespace?: string; name?: string; subresource?: string };
  responseStatus?: { code: number };
  requestReceivedTimestamp: string;
}

/** The creation a line of an audit log tells of. A server-side apply of a new object is one too: it answers 201. */
export function creationIn(line: string): Creation | undefined {
  const { verb, user, objectRef, responseStatus, requestReceivedTimestamp } = JSON.parse(line) as AuditEvent;
  if (!objectRef || objectRef.subresource || responseStatus?.code !== 201) return undefined;
  if (verb !== 'create' && verb !== 'patch' && verb !== 'update') return undefined;
  const { resource, apiGroup, namespace = '', name = '' } = objectRef;
  const fullResource = apiGroup ? `${resource}.${apiGroup}` : resource;
  return { resource: fullResource, namespace, name, user: user.username, time: requestReceivedTimestamp };
}

/** The objects created in a cluster since a moment, oldest first. Events and leases are not recorded. */
export async function readCreations(cluster: ClusterName, since: Date): Promise<Creation[]> {
  const folder = dirname(auditLogOf((await existingSlot()).clusters[cluster].folder));
  const creations: Creation[] = [];
  // The server moves a full log aside, as audit-TIME.log.
  for (const file of (await readdir(folder)).filter((name) => name.startsWith('audit')).sort()) {
    for await (const line of createInterface({ input: createReadStream(join(folder, file)) })) {
      const creation = creationIn(line);
      if (creation && new Date(creation.time) >= since) creations.push(creation);
    }
  }
  return creations;
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
