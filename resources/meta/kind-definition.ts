import type { z } from 'zod';
import type { KubeObject } from './kube-object.js';

/** One printed column of `kubectl get`. */
export interface PrintedColumn {
  name: string;
  type: 'string' | 'integer' | 'boolean' | 'date';
  description: string;
  /** 0 always shown, 1 with `-o wide`. */
  priority: 0 | 1;
  value: (object: KubeObject) => string | number | boolean | undefined;
}

/** A mistake in an object that a client sent, as it stands in a Status' `details.causes`. */
export interface FieldError {
  /** e.g. `spec.persistentVolumes[0].selection.action` */
  field: string;
  reason: 'FieldValueRequired' | 'FieldValueInvalid' | 'FieldValueNotSupported' | 'FieldValueForbidden';
  /** What is wrong and what to write instead. */
  message: string;
}

/** A reference in a spec; without a namespace it means the object's own. */
export interface NamedReference {
  namespace?: string;
  name?: string;
}

/** Objects of another kind that a spec names. */
interface SpecReferences {
  kind: string;
  // biome-ignore lint/suspicious/noExplicitAny: the spec of a stored object, which the kind's schema has let in.
  find: (spec: any) => readonly (NamedReference | undefined)[];
}

/**
 * Everything a kind registers: what the API needs to serve it, and what worker and store do about its objects. The schemas describe `spec` and `status` (for kinds without them, such as Secret:
 * `fields`, the top-level fields beside apiVersion, kind and metadata).
 */
export interface KindDefinition {
  group: string;
  version: string;
  kind: string;
  plural: string;
  singular: string;
  shortNames: string[];
  categories: string[];
  namespaced: boolean;
  /** Verbs served; all of get list watch create update patch delete deletecollection unless said otherwise. */
  verbs: string[];
  /** True when status is a subresource (clients cannot write it through the main resource). */
  hasStatus: boolean;
  /** Fields of the status that the service alone writes: a client's write leaves them as they are. */
  ownStatus?: readonly string[];
  description: string;
  spec?: z.ZodType;
  status?: z.ZodType;
  fields?: Record<string, z.ZodType>;
  columns: PrintedColumn[];
  /** Fields `--field-selector` understands besides metadata.name and metadata.namespace. */
  selectableFields: string[];
  /** Fills in what the user left out; runs before validation and storing. */
  defaults?: (object: KubeObject) => KubeObject;
  /** Rules beyond the shapes, on create (`previous` undefined) and update. */
  validate?: (object: KubeObject, previous?: KubeObject) => FieldError[];
  /**
   * What a user's write leaves of the stored object, for lists that users and the system share: returns the object to store.
   * Runs on every update a user sends (never on the system's own writes), before validation. `kept` is what is stored without the fields
   * that the user gives up, as an applier does by no longer naming them.
   */
  mergeUserWrite?: (sent: KubeObject, stored: KubeObject, kept?: KubeObject) => KubeObject;
  /** What the sender should know although the object is accepted; one sentence each. */
  warnings?: (object: KubeObject) => string[];
  /**
   * Objects that go before one of this kind does, in this order: those of other kinds that name it in `field`, in the same
   * namespace.
   */
  dependents?: readonly { kind: string; field: string }[];
  /** Finalizers put on every new object. */
  finalizers?: string[];
  /** Served beside status, each with its verbs. */
  subresources?: Readonly<Record<string, readonly string[]>>;
  /** Workflows hear of changes of its objects, through the outbox. */
  reported?: boolean;
  /** A reconciler keeps the status of its objects true. */
  reconciled?: boolean;
  /** Whether the worker has something to do about the object that no finalizer tells of; the watchdog looks at those. */
  isDue?: (object: KubeObject) => boolean;
  /** Namespaces of clusters that its objects work on: by these, others are found that work on the same. */
  namespacesOf?: (object: KubeObject) => string[];
  /** Its objects are run, each by a root workflow of its own. */
  isRun?: boolean;
  /** Where a spec names other objects: when one of these changes, its own check runs again. */
  refersTo?: readonly SpecReferences[];
  /** Its objects show something of one of that kind and are removed with it; the label carries the owner's uid. */
  ownedBy?: { kind: string; label: string };
}
