import type { KubeObject } from '../meta/kube-object.js';

/** An object of ours that another names in its spec. */
export interface Reference {
  kind: string;
  namespace: string;
  name: string;
}

type SpecReferences = (spec: Spec) => [kind: string, reference: NamedReference | undefined][];
type NamedReference = { namespace?: string; name?: string };
type Spec = Record<string, NamedReference> & {
  hooks?: { reference?: NamedReference }[];
  backupStorageConfig?: Record<string, NamedReference>;
  volumeSnapshotConfig?: Record<string, NamedReference>;
};

/** Where each kind names others, for those whose checks must run again when what they name changes. */
const REFERENCES: Record<string, SpecReferences> = {
  MigPlan: (spec) => [
    ['MigCluster', spec.srcMigClusterRef],
    ['MigCluster', spec.destMigClusterRef],
    ['MigStorage', spec.migStorageRef],
    ...(spec.hooks ?? []).map((hook): [string, NamedReference | undefined] => ['MigHook', hook.reference]),
  ],
  MigSchedule: (spec) => [['MigPlan', spec.migPlanRef]],
  MigCluster: (spec) => [['Secret', spec.serviceAccountSecretRef]],
  MigStorage: (spec) => [
    ['Secret', spec.backupStorageConfig?.credsSecretRef],
    ['Secret', spec.volumeSnapshotConfig?.credsSecretRef],
  ],
};

/** What an object refers to; a reference without a namespace means the object's own. */
export function referencesOf(object: KubeObject): Reference[] {
  return (REFERENCES[object.kind]?.(object.spec ?? {}) ?? []).flatMap(([kind, reference]) =>
    reference?.name
      ? [{ kind, namespace: reference.namespace || (object.metadata.namespace ?? ''), name: reference.name }]
      : [],
  );
}

export const refersTo = (object: KubeObject, target: Reference): boolean =>
  referencesOf(object).some(
    ({ kind, namespace, name }) => kind === target.kind && namespace === target.namespace && name === target.name,
  );

/** Kinds whose objects may refer to an object of this kind. */
export const REFERRING_KINDS: Record<string, readonly string[]> = {
  MigCluster: ['MigPlan'],
  MigStorage: ['MigPlan'],
  MigHook: ['MigPlan'],
  MigPlan: ['MigSchedule'],
  Secret: ['MigCluster', 'MigStorage'],
};
