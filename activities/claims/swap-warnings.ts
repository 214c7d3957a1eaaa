import { claimMapping, type SwapDirection, swapClaims } from '../../resources/claims/swap-claims.js';
import { describeReference, type KubeObject, referenceOf } from '../../resources/meta/kube-object.js';
import type { RunRecord } from '../../resources/run/run-record.js';
import { dataVolumesOf, mountedClaims } from '../../resources/workloads/claim-references.js';
import { mustBeReplaced } from '../../resources/workloads/replacement.js';
import { claimsWithoutCounterpart, templateRenames } from '../../resources/workloads/statefulset-claims.js';
import type { RunClient } from '../kit/dependencies.js';
import { listBarePods } from '../workloads/bare-pods.js';
import { sourceNamespaces } from '../workloads/list-workloads.js';

/** Why workloads could not use their new claims; then nothing may be changed. */
export async function swapObstacles(
  client: RunClient,
  record: RunRecord,
  users: readonly KubeObject[],
  signal: AbortSignal,
): Promise<string[]> {
  const unnamed = users.flatMap((object) => {
    const { problems } = templateRenames(object, claimMapping(record.volumes, object.metadata.namespace, 'forward'));
    return problems.map((problem) => `${describeReference(referenceOf(object))}: ${problem}`);
  });
  const bound = users.flatMap((object) => {
    const mapping = claimMapping(record.volumes, object.metadata.namespace, 'forward');
    const names = dataVolumesOf(object).filter((name) => mapping.has(name));
    return names.map((name) => `${title(object)}: its DataVolume ${name} cannot be given another claim.`);
  });
  const left = await claimsLeft(client, record, users, 'forward', signal);
  return [
    ...unnamed,
    ...bound,
    ...left.map(({ user, claims }) => `${user}: ${claims.join(', ')} would be left behind, its pods get empty claims.`),
  ];
}

/** What the operator should know of a swap although it succeeds. */
export async function swapWarnings(
  client: RunClient,
  record: RunRecord,
  users: readonly KubeObject[],
  direction: SwapDirection,
  signal: AbortSignal,
): Promise<string[]> {
  const jobs = users.filter(
    (object) => object.kind === 'Job' && mustBeReplaced(object, swapClaims(object, record.volumes, direction)),
  );
  const pods = (await listBarePods(client, record, signal)).filter((pod) => {
    const mapping = claimMapping(record.volumes, pod.metadata.namespace, direction);
    return mountedClaims(pod).some((claim) => mapping.has(claim));
  });
  const left = direction === 'back' ? await claimsLeft(client, record, users, direction, signal) : [];
  return [
    ...jobs.map(
      (job) => `${title(job)} was created again with its other claims: its completions are counted from zero.`,
    ),
    ...pods.map(
      (pod) =>
        `${title(pod)} has no controller and still mounts the claim it was created with: delete it and create it again.`,
    ),
    ...left.map(
      ({ user, claims }) =>
        `${user} had made ${claims.join(', ')} since the conversion: their pods get new, empty claims.`,
    ),
  ];
}

/** Claims of templates whose others change place. */
async function claimsLeft(
  client: RunClient,
  record: RunRecord,
  users: readonly KubeObject[],
  direction: SwapDirection,
  signal: AbortSignal,
): Promise<{ user: string; claims: string[] }[]> {
  const lists = await Promise.all(
    sourceNamespaces(record).map((namespace) =>
      client.list({ apiVersion: 'v1', kind: 'PersistentVolumeClaim' }, { namespace, signal }),
    ),
  );
  // One that was never bound is empty: its pod loses nothing with it.
  const claims = lists.flatMap(({ items }) => items).filter(({ status }) => status?.phase === 'Bound');
  return users
    .map((object) => {
      const { namespace } = object.metadata;
      const existing = claims.filter(({ metadata }) => metadata.namespace === namespace).map((c) => c.metadata.name);
      const mapping = claimMapping(record.volumes, namespace, direction);
      return { user: title(object), claims: claimsWithoutCounterpart(object, mapping, existing) };
    })
    .filter((found) => found.claims.length > 0);
}

const title = (object: KubeObject): string => describeReference(referenceOf(object));
