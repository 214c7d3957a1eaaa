import type { KindDefinition } from '../meta/kind-definition.js';
import type { KubeObject } from '../meta/kube-object.js';
import type { RunKind } from '../run/run-record.js';
import { type DefinedRunKind, KINDS, type ReconciledKind } from './index.js';

/** An object of ours that another names in its spec. */
export interface Reference {
  kind: string;
  namespace: string;
  name: string;
}

/** Kinds that show something of an owner of another kind. */
interface OwnedKind {
  kind: string;
  /** Carries the owner's uid. */
  label: string;
}

/** What worker and store ask of all kinds together; made from the definitions alone. */
export interface Registrations {
  reported: ReadonlySet<string>;
  reconciled: ReadonlySet<string>;
  run: ReadonlySet<string>;
  /** Kinds whose objects may refer to an object of this kind. */
  referringTo(kind: string): readonly string[];
  /** What an object refers to; a reference without a namespace means the object's own. */
  referencesOf(object: KubeObject): Reference[];
  ownedBy(kind: string): readonly OwnedKind[];
}

export function registrationsOf(kinds: readonly KindDefinition[]): Registrations {
  const named = (has: (definition: KindDefinition) => boolean | undefined): ReadonlySet<string> =>
    new Set(kinds.filter(has).map(({ kind }) => kind));
  return {
    reported: named(({ reported }) => reported),
    reconciled: named(({ reconciled }) => reconciled),
    run: named(({ isRun }) => isRun),
    referringTo: (target) => [...named(({ refersTo = [] }) => refersTo.some(({ kind }) => kind === target))],
    referencesOf: ({ kind, metadata, spec }) =>
      (kinds.find((definition) => definition.kind === kind)?.refersTo ?? []).flatMap((reference) =>
        reference
          .find(spec ?? {})
          .flatMap((found) =>
            found?.name
              ? [{ kind: reference.kind, namespace: found.namespace || (metadata.namespace ?? ''), name: found.name }]
              : [],
          ),
      ),
    ownedBy: (owner) =>
      kinds.flatMap(({ kind, ownedBy }) => (ownedBy?.kind === owner ? [{ kind, label: ownedBy.label }] : [])),
  };
}

export const REGISTERED = registrationsOf(KINDS);

export const isReconciledKind = (kind: string): kind is ReconciledKind => REGISTERED.reconciled.has(kind);

/** The run record names the same kinds as the definitions, or this does not compile. */
type SameKinds = [RunKind] extends [DefinedRunKind] ? ([DefinedRunKind] extends [RunKind] ? RunKind : never) : never;
export const isRunKind = (kind: string): kind is SameKinds => REGISTERED.run.has(kind);

/** Kinds whose objects are run. */
export const RUN_KINDS: readonly SameKinds[] = [...REGISTERED.run].filter(isRunKind);

export const refersTo = (object: KubeObject, target: Reference): boolean =>
  REGISTERED.referencesOf(object).some(
    ({ kind, namespace, name }) => kind === target.kind && namespace === target.namespace && name === target.name,
  );
