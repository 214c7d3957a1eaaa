import type { KubeObject } from '../meta/kube-object.js';
import type { RunVolume } from '../run/run-record.js';
import { ordinalOf } from '../workloads/statefulset-claims.js';

/**
 * A StatefulSet whose claim templates name the class its claims were moved to, so that claims it makes later are made there too.
 *
 * @param unnamed what becomes of a template that names no class, or the empty one. On another cluster it is `left` as it is: the choice stays
 *   the cluster's. A conversion has it `named`: there the choice of the cluster is what the user converts from
 */
export function mapStorageClasses(
  statefulSet: KubeObject,
  volumes: readonly RunVolume[],
  unnamed: 'left' | 'named' = 'left',
): KubeObject {
  const { name, namespace } = statefulSet.metadata;
  const classOf = (template: string): string | undefined =>
    volumes.find(
      ({ source }) => source.namespace === namespace && ordinalOf(source.claim, template, name) !== undefined,
    )?.target.storageClass;
  const templates: KubeObject[] = statefulSet.spec?.volumeClaimTemplates ?? [];
  if (templates.length === 0) return statefulSet;
  return {
    ...statefulSet,
    spec: {
      ...statefulSet.spec,
      volumeClaimTemplates: templates.map((template) => {
        const storageClassName = classOf(template.metadata.name);
        return storageClassName && (template.spec?.storageClassName || unnamed === 'named')
          ? { ...template, spec: { ...template.spec, storageClassName } }
          : template;
      }),
    },
  };
}
