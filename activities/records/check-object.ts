import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import { isGoneOrReplaced, type MigrationStore, SYSTEM_ACTOR } from '../../migrations-db/migration-store.js';
import { type ConditionFinding, conditionsOf, isBlocker, mergeConditions } from '../../resources/meta/conditions.js';
import { required } from '../../resources/meta/findings.js';
import type { KubeObject } from '../../resources/meta/kube-object.js';
import { wholeSeconds } from '../../resources/meta/time.js';
import type { CheckOutcome, ObjectInput } from '../../temporal/contract/inputs.js';
import { announceConditions } from './announce-conditions.js';

/** What the check of an object has found. */
export interface Inspection {
  /** All but Ready, which follows from them. */
  findings: ConditionFinding[];
  /** Conditions without which the object is not Ready, although nothing blocks it. */
  requires?: readonly string[];
  /** Further fields of the status; the others stay. */
  status?: Record<string, unknown>;
  /** Fields of the spec that the system fills in; the others stay. */
  spec?: Record<string, unknown>;
}

/** Edits that come in while a check is under way; more than this in one check is left to the next one. */
const MAX_EDITS = 5;

/**
 * Checks one object and writes the findings into its status, with Events for what is new. The write is refused when the
 * object has changed in between; it is then checked again. A check that finds nothing new writes nothing.
 */
export async function checkObject<Kind extends KubeObject>(
  store: MigrationStore,
  kind: Kind['kind'],
  { namespace, name }: ObjectInput,
  inspect: (object: Kind) => Promise<Inspection>,
): Promise<CheckOutcome> {
  for (let edits = 0; ; edits += 1) {
    const object = await store.resources.get({ kind, namespace, name });
    if (!object) return { exists: false, ready: false };
    if (object.metadata.deletionTimestamp) return { exists: true, ready: false };
    const inspection = await inspect(object as Kind);
    try {
      return { exists: true, ready: await record(store, object, inspection) };
    } catch (error) {
      if (!isGoneOrReplaced(error) || edits === MAX_EDITS) throw error;
    }
  }
}

async function record(store: MigrationStore, object: KubeObject, inspection: Inspection): Promise<boolean> {
  const { findings, requires = [], status, spec } = inspection;
  const blocked = findings.some((finding) => isBlocker({ status: 'True', ...finding }));
  const ready = !blocked && requires.every((type) => findings.some((finding) => finding.type === type));
  const conditions = mergeConditions(
    conditionsOf(object),
    ready ? [...findings, required('Ready', undefined, `The ${object.kind} is ready.`)] : findings,
    wholeSeconds(new Date()),
  );
  const { kind, metadata } = object;
  await store.resources.update(
    { kind, namespace: metadata.namespace ?? '', name: metadata.name },
    (current) => {
      const next = { ...current.spec, ...spec, ...(current.spec.refresh && { refresh: false }) };
      return {
        ...current,
        spec: next,
        status: { ...current.status, ...status, observedDigest: digestOf(next), conditions },
      };
    },
    { actor: SYSTEM_ACTOR, uid: metadata.uid, resourceVersion: metadata.resourceVersion },
  );
  await announceConditions(store.events, object, conditionsOf(object), conditions);
  return ready;
}

/** Of a spec, whatever the order of its fields. */
const digestOf = (spec: unknown): string =>
  createHash('sha256')
    .update(canonicalize(spec) ?? '')
    .digest('hex');
