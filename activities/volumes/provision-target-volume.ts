import { FAILURE, StepFailure } from '../../resources/meta/failure.js';
import type { KubeObject } from '../../resources/meta/kube-object.js';
import { atLeastAllowed } from '../../resources/plan/volumes/claim-limits.js';
import type { ActivityDependencies } from '../kit/dependencies.js';
import { ensureTargetNamespace } from '../kit/namespaces.js';
import { createdOnTarget, isMadeByRun } from '../kit/provenance.js';
import { type Pulse, withPulse } from '../kit/pulse.js';
import { FRESH, RECENT, sharedReads } from '../kit/shared-reads.js';
import type { VolumeInput } from './contract.js';
import { enlargeTargetClaim } from './enlarge-target-claim.js';
import { refuseForeignMounts } from './foreign-mounts.js';
import { targetClaim } from './target-claim.js';
import { type LiveVolumeRun, loadVolumeRun, volumeTitle } from './volume-run.js';

const CLAIM = { apiVersion: 'v1', kind: 'PersistentVolumeClaim' } as const;
/** Until pods can be made in a new one; another attempt waits on. */
const NAMESPACE_MS = 60_000;

export async function provisionTargetVolume(
  deps: ActivityDependencies,
  input: VolumeInput,
): Promise<{ created: boolean }> {
  const volumeRun = await loadVolumeRun(deps, input);
  const { volume, target } = volumeRun;
  // Each call has its own time limit, and Temporal that of the activity.
  const wait = { waitingFor: `the claim of ${volumeTitle(volume)}`, where: `cluster ${target.name}` };
  return withPulse(wait, async (pulse) => {
    const { signal } = pulse;
    const namespaces = { source: volume.source.namespace, target: volume.target.namespace };
    await sharedReads(target).once(
      `namespace ${namespaces.target} for ${input.run.uid} ${input.run.attempt}`,
      () => ensureTargetNamespace(deps, input.run, namespaces, AbortSignal.timeout(NAMESPACE_MS)),
      { age: RECENT, signal },
    );
    return { created: await ensureClaim({ ...volumeRun, signal }, pulse) };
  });
}

/** @returns whether the claim is this run's */
async function ensureClaim(live: LiveVolumeRun, pulse: Pulse): Promise<boolean> {
  const { deps, run, record, volume, target, signal } = live;
  const { namespace, claim: name } = volume.target;
  const claims = await sharedReads(target).list(CLAIM, { namespace }, { age: FRESH, signal });
  const found = claims.find(({ metadata }) => metadata.name === name);
  if (found?.metadata.deletionTimestamp) throw beingDeleted(live, found);
  if (found) await refuseForeignMounts(live);
  const claim = (found && (await enlargeTargetClaim(live, found, pulse))) ?? (await createClaim(live));
  // A repeated activity may find what its predecessor made and could not record.
  if (!isMadeByRun(claim, record)) return false;
  await deps.store.runs.recordCreated(run, [createdOnTarget(record, claim)]);
  return true;
}

async function createClaim({ record, volume, source, target, signal }: LiveVolumeRun): Promise<KubeObject> {
  const { namespace, claim: name } = volume.source;
  const claims = await sharedReads(source).list(CLAIM, { namespace }, { age: RECENT, signal });
  const original = claims.find(({ metadata }) => metadata.name === name);
  if (!original) {
    throw new StepFailure({
      type: FAILURE.NotFound,
      what: `PersistentVolumeClaim ${namespace}/${name} is not there`,
      where: `cluster ${source.name}`,
      why: 'It was deleted after the run began.',
      next: 'Leave the volume out or create the claim again, then start the migration again.',
    });
  }
  const limitRanges = await sharedReads(target).list(
    { apiVersion: 'v1', kind: 'LimitRange' },
    { namespace: volume.target.namespace },
    { age: RECENT, signal },
  );
  const size = atLeastAllowed(volume.target.size, limitRanges);
  const wanted = { ...volume, target: { ...volume.target, size } };
  const { object } = await target.createIfAbsent(targetClaim(original, wanted, record), { signal });
  return object;
}

const beingDeleted = ({ target }: LiveVolumeRun, { metadata }: KubeObject): StepFailure =>
  new StepFailure({
    type: FAILURE.Refused,
    what: `PersistentVolumeClaim ${metadata.namespace}/${metadata.name} is being deleted`,
    where: `cluster ${target.name}`,
    why: `It was deleted at ${metadata.deletionTimestamp}; pods that mount it or finalizers (${(metadata.finalizers ?? []).join(', ')}) still hold it.`,
    next: 'Wait until it is gone, or map the volume onto a claim of another name, then start the migration again.',
  });
