import type { KindDefinition } from '../../resources/meta/kind-definition.js';
import type { KubeObject } from '../../resources/meta/kube-object.js';
import { type ApiError, badRequest, invalid } from '../http/api-error.js';
import { type Applied, applyConfig } from './apply-config.js';
import { boundedEntries, MAX_MANAGED_FIELDS_BYTES, MAX_OWNED_FIELDS } from './bound-owners.js';
import { conflictError } from './conflict-error.js';
import { hasMoreFields } from './field-count.js';
import { type FieldType, ListError } from './field-type.js';
import { withLastApplied, withoutOwnEarlier } from './last-applied.js';
import type { ManagedFieldsEntry, Owners } from './managed-fields.js';
import { ownersAfterUpdate, type Writing } from './ownership.js';
import { remove, withoutNulls } from './remove.js';
import { entriesOf, type FieldWriter, ownersOf, withEntries, writingOf } from './tracking.js';

export interface Applier extends FieldWriter {
  /** Take over fields that have another owner, rather than refuse. */
  force: boolean;
}

export interface AppliedObject {
  /** To be admitted: fields that the schema doesn't know may still be in it. */
  object: KubeObject;
  entries: ManagedFieldsEntry[];
  /** The live object without what its applier gave up. */
  kept: KubeObject;
}

/**
 * The next state of an object by server-side apply.
 *
 * @param live undefined when there is none yet
 * @throws ApiError 409 naming every field that has another owner, 400 for a list whose entries cannot be told apart
 */
export function applyObject(
  definition: KindDefinition,
  live: KubeObject | undefined,
  config: KubeObject,
  { manager, subresource, force }: Applier,
): AppliedObject {
  const writing = writingOf(definition, { manager, subresource }, 'Apply');
  if (hasMoreFields(writing.type, config, MAX_OWNED_FIELDS)) throw tooMany(definition, config);
  const base = live ?? ({ apiVersion: config.apiVersion, kind: config.kind, metadata: {} } as KubeObject);
  const owners = live ? ownersBefore(definition, live, subresource) : new Map();
  const applied = readConfig(() => applyConfig(writing, owners, withEntries(base, []), config));
  const conflicts = withoutOwnEarlier(writing.type, base, manager, applied.conflicts);
  if (conflicts.length > 0 && !force) throw conflictError(conflicts);
  const { entries, fits } = boundedEntries(applied.owners);
  if (!fits) throw tooMany(definition, config);
  const object = withLastApplied(applied.object as KubeObject, base, manager, config);
  return {
    object,
    entries,
    kept: keptOf(writing.type, base, applied),
  };
}

function readConfig(work: () => Applied): Applied {
  try {
    return work();
  } catch (error) {
    if (error instanceof ListError) throw badRequest(`the applied object cannot be merged: ${error.message}`);
    throw error;
  }
}

const keptOf = (type: FieldType, live: KubeObject, { pruned }: Applied): KubeObject =>
  withoutNulls(remove(type, live, pruned)) as KubeObject;

const tooMany = (definition: KindDefinition, { metadata }: KubeObject): ApiError =>
  invalid(definition, metadata.name, [
    {
      field: 'metadata.managedFields',
      reason: 'FieldValueInvalid',
      message: `Too long: what is applied has more fields than can be told apart by owner (${MAX_MANAGED_FIELDS_BYTES} bytes); apply fewer, or under fewer field managers`,
    },
  ]);

/** Whom Kubernetes names as the owner of what was there before anything was applied. */
const BEFORE = 'before-first-apply';

/**
 * The owners of an object. Where none is known it is the service that made the object: its defaults have no owner, and of the rest an applier
 * is told before it takes it over.
 */
function ownersBefore(definition: KindDefinition, live: KubeObject, subresource: FieldWriter['subresource']): Owners {
  const owners = ownersOf(definition, entriesOf(live));
  if (owners.size > 0) return owners;
  const writing: Writing = writingOf(definition, { manager: BEFORE, subresource }, 'Update');
  return ownersAfterUpdate(writing, owners, defaultsOf(definition, live), live);
}

function defaultsOf({ spec }: KindDefinition, { apiVersion, kind }: KubeObject): unknown {
  const defaults = spec?.safeParse({});
  return { apiVersion, kind, metadata: {}, ...(defaults?.success && { spec: defaults.data }) };
}
