import { setTimeout as pause } from 'node:timers/promises';
import type { ClusterClient } from '../../clusters/cluster-client.js';
import type { KubeObject } from '../../resources/meta/kube-object.js';
import { MIGRATION_NAMESPACE } from '../../resources/meta/labels.js';
import { patchNewest } from '../kit/patch-newest.js';
import type { Pulse } from '../kit/pulse.js';
import { untilEnded } from './until-ended.js';
import { phaseOf, RESTORE } from './velero-objects.js';

/** Velero's cache lags for milliseconds, seconds when the machine is very busy. */
const LOOK_AGAIN_MS = 500;
const TRIES = 20;

/**
 * Follows a Restore until Velero has finished it. Velero reads the modifiers from a cache, which may not hold them yet when the Restore
 * follows at once: one that is refused for that reason has done nothing, and is given to Velero again.
 */
export async function untilRestored(client: ClusterClient, name: string, pulse: Pulse): Promise<KubeObject> {
  const { signal } = pulse;
  for (let tries = 1; ; tries += 1) {
    const ended = await untilEnded(client, RESTORE, name, pulse);
    if (!missedModifiers(ended) || tries === TRIES || !(await hasModifiers(client, ended, signal))) return ended;
    await pause(LOOK_AGAIN_MS, undefined, { signal });
    await patchNewest(
      client,
      ended,
      (newest) =>
        missedModifiers(newest)
          ? { metadata: { resourceVersion: newest.metadata.resourceVersion }, status: null }
          : undefined,
      { signal },
    );
  }
}

const missedModifiers = (restore: KubeObject): boolean =>
  phaseOf(restore) === 'FailedValidation' &&
  restore.status.validationErrors?.some((error: string) => error.startsWith('failed to get resource modifiers'));

async function hasModifiers(client: ClusterClient, { spec }: KubeObject, signal: AbortSignal): Promise<boolean> {
  const { name } = spec.resourceModifier ?? {};
  const ref = { apiVersion: 'v1', kind: 'ConfigMap', namespace: MIGRATION_NAMESPACE, name };
  return name !== undefined && (await client.get(ref, { signal })) !== undefined;
}
