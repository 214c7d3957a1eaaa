import type { ApiType, ClusterClient } from '../../clusters/cluster-client.js';
import { LABELS } from '../../resources/meta/labels.js';
import { veleroName } from '../../resources/run/names.js';
import type { RunRef } from '../../resources/run/run-record.js';
import { refuseForeign } from '../kit/create-own.js';
import { inVelero, phaseOf } from './velero-objects.js';

/** Whoever knows the run's uid may put something there under its name. */
const marks = ({ uid }: RunRef) => ({ labels: { [LABELS.migratedByMigration]: uid }, annotations: {} });

const GIVEN_UP = ['Failed', 'FailedValidation'];

/**
 * Name of the Backup or Restore a run works with, and whether it is there: one that Velero gave up is left for inspection, and
 * another is created when the run continues after a pause.
 */
export async function nameToUse(
  client: ClusterClient,
  type: ApiType,
  run: RunRef,
  signal: AbortSignal,
): Promise<{ name: string; exists: boolean }> {
  const role = type.kind === 'Backup' ? 'initial' : 'final';
  for (let tries = 1; ; tries += 1) {
    const name = veleroName(run, role, tries);
    const found = await client.get(inVelero(type, name), { signal });
    if (found) refuseForeign(client, found, { ...found, metadata: { ...found.metadata, ...marks(run) } });
    if (!found || !GIVEN_UP.includes(phaseOf(found))) return { name, exists: found !== undefined };
  }
}
