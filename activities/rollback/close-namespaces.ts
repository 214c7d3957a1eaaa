import { setTimeout as pause } from 'node:timers/promises';
import type { ApiResource, ClusterClient } from '../../clusters/cluster-client.js';
import type { KubeObject } from '../../resources/meta/kube-object.js';
import { LABELS } from '../../resources/meta/labels.js';
import { follows } from '../../resources/rollback/namespace-content.js';
import { helperName } from '../../resources/run/names.js';
import type { RunRef } from '../../resources/run/run-record.js';

const QUOTA = { apiVersion: 'v1', kind: 'ResourceQuota' } as const;

/** A cluster whose quota controller takes longer has none: what is made in the last moment is then found by the second look alone. */
const ENFORCED_WITHIN_MS = 10_000;
const POLL_MS = 100;

/**
 * From now on nothing can be created in a namespace: a quota of none of each type. What is found there afterwards is all that will be.
 * A killed attempt leaves it; the next one finds it by its name, and the sweep of the run by its label.
 */
export async function closeNamespace(
  client: ClusterClient,
  run: RunRef,
  namespace: string,
  types: readonly ApiResource[],
  signal: AbortSignal,
): Promise<void> {
  const closed = types.filter((type) => type.verbs.includes('create') && !follows(type));
  const hard = Object.fromEntries(closed.map(({ resource, group }) => [countOf(resource, group), '0']));
  const metadata = { name: guardName(run), namespace, labels: { [LABELS.helper]: run.uid } };
  const ref = { ...QUOTA, namespace, name: metadata.name };
  if (!(await client.get(ref, { signal })))
    await client.createIfAbsent({ ...QUOTA, metadata, spec: { hard } }, { signal });
  const until = Date.now() + ENFORCED_WITHIN_MS;
  while (!isEnforced(await client.get(ref, { signal })) && Date.now() < until)
    await pause(POLL_MS, undefined, { signal });
}

/** Of a namespace that stays. */
export async function openNamespace(
  client: ClusterClient,
  run: RunRef,
  namespace: string,
  signal: AbortSignal,
): Promise<void> {
  const ref = { ...QUOTA, namespace, name: guardName(run) };
  const guard = await client.get(ref, { signal });
  if (guard?.metadata.labels?.[LABELS.helper] === run.uid)
    await client.remove(ref, { uid: guard.metadata.uid, signal });
}

const guardName = (run: RunRef): string => helperName(run, 'closes');

const countOf = (resource: string, group: string): string => `count/${resource}${group ? `.${group}` : ''}`;

/** API servers count by what the status says. */
const isEnforced = (guard: KubeObject | undefined): boolean =>
  !guard || Object.keys(guard.spec?.hard ?? {}).every((name) => guard.status?.hard?.[name] !== undefined);
