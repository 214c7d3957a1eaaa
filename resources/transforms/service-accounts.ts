import type { KubeObject } from '../meta/kube-object.js';
import type { MergePatch } from '../meta/merge-patch.js';

/** A ServiceAccount without the token and registry secrets that its cluster made for it; the target makes its own. */
export function dropGeneratedSecrets(account: KubeObject): KubeObject {
  const generated = new RegExp(`^${escapeName(account.metadata.name)}-(token|dockercfg)-[a-z0-9]{5}$`);
  const kept = (field: 'secrets' | 'imagePullSecrets') => {
    const all: { name: string }[] | undefined = account[field];
    return all && { [field]: all.filter(({ name }) => !generated.test(name)) };
  };
  return { ...account, ...kept('secrets'), ...kept('imagePullSecrets') };
}

/**
 * Velero merges a ServiceAccount into the one that is there, whatever `existingResourcePolicy` says. Emptied, it has nothing to merge,
 * and what was on the target stays as it is.
 */
export const NOTHING_TO_MERGE: MergePatch = {
  metadata: { labels: null, annotations: null },
  secrets: null,
  imagePullSecrets: null,
};

/** A name of an object as it stands in a regular expression, of Go or ours: names of RBAC may hold nearly every character. */
export const escapeName = (name: string): string => name.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&');
