import type { KubeObject } from '../meta/kube-object.js';
import { ANNOTATIONS } from '../meta/labels.js';
import type { RunVolume } from '../run/run-record.js';
import { mapStorageClasses } from '../transforms/storage-classes.js';
import { type ClaimMapping, renameClaims } from '../workloads/claim-references.js';
import { templateRenames } from '../workloads/statefulset-claims.js';

/** `forward` to the claims a conversion made, `back` to those it was made from. */
export type SwapDirection = 'forward' | 'back';

/** What a conversion puts in the place of the claims of a namespace, or the other way round. */
export const claimMapping = (
  volumes: readonly RunVolume[],
  namespace: string | undefined,
  direction: SwapDirection,
): ClaimMapping =>
  new Map(
    volumes
      .filter(({ source, target }) => source.namespace === namespace && target.namespace === namespace)
      .map(({ source, target }) =>
        direction === 'forward' ? [source.claim, target.claim] : [target.claim, source.claim],
      ),
  );

/** Class of each renamed claim template as it was, by its former name; null where it named none. */
type FormerClasses = Record<string, string | null>;

interface ClaimTemplate {
  metadata: { name: string };
  spec?: { storageClassName?: string };
}

const claimTemplates = ({ spec }: KubeObject): ClaimTemplate[] => spec?.volumeClaimTemplates ?? [];

/**
 * The workload as it refers to the claims of the other side. `back` is the exact inverse of `forward`: a StatefulSet's claim templates
 * name the class of their claims, and an annotation keeps which one they named before.
 */
export function swapClaims(workload: KubeObject, volumes: readonly RunVolume[], direction: SwapDirection): KubeObject {
  const mapping = claimMapping(volumes, workload.metadata.namespace, direction);
  const { renames } = templateRenames(workload, mapping);
  if (renames.size === 0) return renameClaims(workload, mapping);
  if (direction === 'back') return restoreClasses(renameClaims(workload, mapping));
  const former: FormerClasses = Object.fromEntries(
    claimTemplates(workload)
      .filter(({ metadata }) => renames.has(metadata.name))
      .map(({ metadata, spec }) => [metadata.name, spec?.storageClassName ?? null]),
  );
  return withFormerClasses(
    renameClaims(mapStorageClasses(workload, volumes, 'named'), mapping),
    JSON.stringify(former),
  );
}

function restoreClasses(workload: KubeObject): KubeObject {
  const former = readFormerClasses(workload.metadata.annotations?.[ANNOTATIONS.formerStorageClasses]);
  const templates = claimTemplates(workload).map((template): ClaimTemplate => {
    const storageClass = former[template.metadata.name];
    if (storageClass === undefined) return template;
    const { storageClassName: _, ...spec } = template.spec ?? {};
    return { ...template, spec: storageClass === null ? spec : { ...spec, storageClassName: storageClass } };
  });
  return withFormerClasses({ ...workload, spec: { ...workload.spec, volumeClaimTemplates: templates } }, undefined);
}

function withFormerClasses(workload: KubeObject, value: string | undefined): KubeObject {
  const { [ANNOTATIONS.formerStorageClasses]: _, ...others } = workload.metadata.annotations ?? {};
  const annotations = value === undefined ? others : { ...others, [ANNOTATIONS.formerStorageClasses]: value };
  return { ...workload, metadata: { ...workload.metadata, annotations } };
}

/** Empty when the annotation was damaged: the templates then keep the class of their claims. */
function readFormerClasses(text: string | undefined): FormerClasses {
  try {
    const parsed: unknown = JSON.parse(text ?? '{}');
    return typeof parsed === 'object' && parsed !== null ? (parsed as FormerClasses) : {};
  } catch {
    return {};
  }
}
