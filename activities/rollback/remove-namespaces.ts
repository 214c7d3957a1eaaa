import type { ApiResource, ClusterClient } from '../../clusters/cluster-client.js';
import { KubernetesApiError } from '../../clusters/kubernetes-api-error.js';
import { describeReference, type KubeObject, referenceOf } from '../../resources/meta/kube-object.js';
import { LABELS } from '../../resources/meta/labels.js';
import { listSome } from '../../resources/meta/listing.js';
import { foreignContent, unknownOwners } from '../../resources/rollback/namespace-content.js';
import type { RunRef } from '../../resources/run/run-record.js';
import type { Pulse } from '../kit/pulse.js';
import { readObjects } from '../kit/read-objects.js';
import { removeObjects } from '../kit/remove-objects.js';
import { closeNamespace, openNamespace } from './close-namespaces.js';
import type { PlanCreations } from './created-objects.js';

/**
 * Removes namespaces of ours that hold nothing of others. They take along whatever is in them when they are deleted: so each is closed
 * first, and looked at again.
 *
 * @returns the namespaces that stay, with what keeps them
 */
export async function removeNamespaces(
  client: ClusterClient,
  run: RunRef,
  namespaces: readonly KubeObject[],
  creations: PlanCreations,
  pulse: Pulse,
): Promise<string[]> {
  if (namespaces.length === 0) return [];
  const { signal } = pulse;
  // What cannot be deleted, such as metrics, belongs to the cluster.
  const types = (await client.discover({ signal, refresh: true })).filter(
    ({ namespaced, verbs }) => namespaced && verbs.includes('delete'),
  );
  const going = namespaces.filter(({ metadata }) => metadata.deletionTimestamp);
  const looks = await Promise.all(
    namespaces
      .filter((namespace) => !going.includes(namespace))
      .map((namespace) => lookTwice(client, run, namespace, { types, creations, signal })),
  );
  const closed = looks.flatMap((look) => look.goes ?? []);
  const removal = { waitingFor: 'the namespaces of the migration to be gone', unchanged: true } as const;
  try {
    await removeObjects(client, [...going, ...closed], removal, pulse);
  } catch (error) {
    const names = closed.map(({ metadata }) => metadata.name);
    await Promise.allSettled(names.map((name) => openNamespace(client, run, name, signal)));
    throw error;
  }
  return looks.flatMap(({ stays }) => stays ?? []);
}

interface Look {
  types: readonly ApiResource[];
  creations: PlanCreations;
  signal: AbortSignal;
}

/** Before it is closed, so that one that stays is not closed for nothing, and afterwards, as it was then. */
async function lookTwice(
  client: ClusterClient,
  run: RunRef,
  found: KubeObject,
  { types, creations, signal }: Look,
): Promise<{ goes?: KubeObject; stays?: string }> {
  const { name } = found.metadata;
  try {
    const before = await whatKeeps(client, found, types, creations, signal);
    if (before.length > 0) return await leave(client, run, name, `it contains ${listSome(before)}`, signal);
    await closeNamespace(client, run, name, types, signal);
    const now = await client.get(referenceOf(found), { signal });
    if (!now || now.metadata.uid !== found.metadata.uid) return {};
    const isOurs = now.metadata.labels?.[LABELS.migratedByPlan] === creations.planUid;
    if (!isOurs) return await leave(client, run, name, 'it does not carry the label of the migration any more', signal);
    const runs = new Set([...creations.runs, run.uid]);
    const since = await whatKeeps(client, now, types, { ...creations, runs }, signal);
    if (since.length === 0) return { goes: now };
    const why = `while it was about to be deleted, ${listSome(since)} appeared in it`;
    return await leave(client, run, name, why, signal);
  } catch (error) {
    await openNamespace(client, run, name, signal).catch(() => undefined);
    throw error;
  }
}

async function leave(
  client: ClusterClient,
  run: RunRef,
  name: string,
  why: string,
  signal: AbortSignal,
): Promise<{ stays: string }> {
  await openNamespace(client, run, name, signal);
  return { stays: `Namespace ${name} stays: ${why}` };
}

async function whatKeeps(
  client: ClusterClient,
  { metadata: { name } }: KubeObject,
  types: readonly ApiResource[],
  creations: PlanCreations,
  signal: AbortSignal,
): Promise<string[]> {
  const unreadable: string[] = [];
  const lists = await Promise.all(
    types.map(async (type) => {
      try {
        const [found] = await readObjects(client, [type], { namespaces: [name], signal });
        return found?.objects ?? [];
      } catch (error) {
        if (!(error instanceof KubernetesApiError) || error.retryable) throw error;
        // 405: nothing of it can be there. What may not be read may belong to others.
        if (error.code === 403) unreadable.push(`perhaps ${type.kind}, which may not be listed`);
        return [];
      }
    }),
  );
  const objects = lists.flat();
  const living = await Promise.all(
    unknownOwners(objects, creations).map(async (owner) => {
      const { apiVersion, kind, uid } = owner;
      const found = await client.get({ apiVersion, kind, name: owner.name, namespace: name }, { signal });
      return found?.metadata.uid === uid ? [uid] : [];
    }),
  );
  const foreign = foreignContent(objects, { ...creations, living: new Set(living.flat()) });
  const names = foreign.map((object) => describeReference({ ...referenceOf(object), namespace: undefined }));
  return [...[...new Set(names)].sort(), ...unreadable];
}
