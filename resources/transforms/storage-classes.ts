import type { KubeObject } from '../meta/kube-object.js';
import type { RunVolume } from '../run/run-record.js';
import { ordinalOf } from '../workloads/statefulset-claims.js';

/**
 * A StatefulSet whose claim templates name the class its claims were moved to, so that claims it makes later are made there too. One that
 * names no class keeps leaving the choice to the cluster, and one that names the empty class keeps asking for none.
 */
export function mapStorageClasses(statefulSet: KubeObject, volumes: readonly RunVolume[]): KubeObject {
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
        return storageClassName && template.spec?.storageClassName
          ? { ...template, spec: { ...template.spec, storageClassName } }
          : template;
      }),
    },
  };
}
