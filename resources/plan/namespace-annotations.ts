import type { ConditionFinding } from '../meta/conditions.js';
import { warn } from '../meta/findings.js';
import type { KubeObject } from '../meta/kube-object.js';

/** Bookkeeping of clients, and the project of another cluster: not meant for the namespace's pods. */
const IGNORED = /^(field\.cattle\.io\/projectId$|(kubectl\.kubernetes\.io|migration\.openshift\.io|velero\.io)\/)/;

/**
 * A namespace that is already on the target is not changed. Where an annotation of the source (user id range, MCS labels, node
 * selector …) is missing there or differs, pods may not start or not read their files: the operator gets the line that fixes it.
 *
 * @param pairs namespaces of the source and those of the target they go to, where both are there
 */
export function namespaceAnnotationFindings(
  pairs: readonly { source: KubeObject; target: KubeObject }[],
  targetCluster: string,
): ConditionFinding[] {
  const commands = pairs.flatMap(({ source, target }) =>
    Object.entries(source.metadata.annotations ?? {})
      .filter(([key, value]) => !IGNORED.test(key) && target.metadata.annotations?.[key] !== value)
      .map(([key, value]) => `oc annotate --overwrite namespace ${target.metadata.name} ${quote(`${key}=${value}`)}`),
  );
  if (commands.length === 0) return [];
  const message = `Namespaces on target cluster ${targetCluster} are already there, and annotations of the source are missing or differ. They are left as they are. To make them the same, run: []`;
  return [warn('NamespaceAnnotationsDiffer', 'Conflict', message, commands)];
}

/** For a POSIX shell. */
const quote = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;
