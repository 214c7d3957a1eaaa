import type { KubeObject } from '../meta/kube-object.js';
import type { MergePatch } from '../meta/merge-patch.js';
import { ARRIVE_HALTED } from '../workloads/quiesce.js';
import { escapeName } from './service-accounts.js';

/** Velero's resource modifiers (`version: v1`): what a Restore changes on the way. Rules apply in order, all that match. */
export interface ResourceModifiers {
  version: 'v1';
  resourceModifierRules: ModifierRule[];
}

export interface ModifierRule {
  conditions: {
    /** Source namespaces. */
    namespaces?: string[];
    /** Glob over `plural.group`; `**` is every type. */
    groupResource: string;
    resourceNameRegex?: string;
    matches?: { path: string; value: string }[];
  };
  mergePatches: { patchData: string }[];
}

/** Whatever the objects are. */
export const labelEverything = (labels: Record<string, string>): ModifierRule => rule('**', { metadata: { labels } });

/**
 * Without finalizers: the controllers that put them on may not be on the target, where nothing would ever take them off. Those that are
 * there put theirs on again.
 */
export const dropFinalizers = (): ModifierRule => rule('**', { metadata: { finalizers: null } });

/** Workloads arrive halted even if the backup caught one running; those backed up quiesced pass unchanged. */
export const haltWorkloads = (): ModifierRule[] =>
  ARRIVE_HALTED.map(({ groupResource, where, patch }) =>
    rule(groupResource, patch, where && { matches: [{ path: `/spec/${where.field}`, value: where.value }] }),
  );

/** Addresses that only the source's cluster could give. */
export const CLUSTER_ADDRESSES: readonly ModifierRule[] = [
  rule(
    'services',
    { spec: { externalIPs: null } },
    {
      matches: [{ path: '/spec/type', value: 'LoadBalancer' }],
    },
  ),
  rule(
    'routes.route.openshift.io',
    { spec: { host: null } },
    // Quoted twice: Velero takes a bare true for a boolean.
    { matches: [{ path: '/metadata/annotations/openshift.io~1host.generated', value: '"true"' }] },
  ),
];

/** One patch for objects of one type and namespace, chosen by name. */
export function patchObjects(
  { groupResource, namespace }: { groupResource: string; namespace?: string },
  names: readonly string[],
  patch: MergePatch,
): ModifierRule {
  return rule(groupResource, patch, {
    ...(namespace && { namespaces: [namespace] }),
    resourceNameRegex: `^(${names.map(escapeName).join('|')})$`,
  });
}

/** Names of objects by their namespace. */
export function namesByNamespace(objects: readonly KubeObject[]): Map<string | undefined, string[]> {
  const names = new Map<string | undefined, string[]>();
  for (const { metadata } of objects) {
    names.set(metadata.namespace, [...(names.get(metadata.namespace) ?? []), metadata.name]);
  }
  return names;
}

function rule(
  groupResource: string,
  patch: MergePatch,
  conditions: Omit<ModifierRule['conditions'], 'groupResource'> = {},
): ModifierRule {
  return { conditions: { groupResource, ...conditions }, mergePatches: [{ patchData: JSON.stringify(patch) }] };
}
