import type { KubeObject } from '../meta/kube-object.js';

/** Where pods of an application may run. */
export interface Placement {
  tolerations?: Toleration[];
  nodeSelector?: Record<string, string>;
  /** `requiredDuringSchedulingIgnoredDuringExecution` of the node affinity. */
  nodeSelectorTerms?: NodeSelectorTerm[];
}

interface Toleration {
  key?: string;
  operator?: string;
  value?: string;
  effect?: string;
}

interface Requirement {
  key: string;
  operator: string;
  values?: string[];
}

interface NodeSelectorTerm {
  matchExpressions?: Requirement[];
  matchFields?: Requirement[];
}

/** @param spec of a pod or of a template of pods */
export function placementOf(spec: KubeObject['spec']): Placement {
  const { tolerations, nodeSelector, affinity } = spec ?? {};
  const terms = affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
  return {
    ...(tolerations?.length > 0 && { tolerations }),
    ...(Object.keys(nodeSelector ?? {}).length > 0 && { nodeSelector }),
    ...(terms?.length > 0 && { nodeSelectorTerms: terms }),
  };
}

/**
 * The fields by which a helper goes where the application will: with WaitForFirstConsumer it decides where the volume is. Where the
 * application finds no node, since they carry other labels here, its selectors would only keep the helper from starting.
 *
 * @param nodes of the cluster the helper runs in
 */
export function helperPlacement(
  { tolerations = [], nodeSelector, nodeSelectorTerms }: Placement,
  nodes: readonly KubeObject[],
): Record<string, unknown> {
  const tolerates = { ...(tolerations.length > 0 && { tolerations }) };
  const fits = nodes.some(
    (node) =>
      isUsable(node, tolerations) &&
      Object.entries(nodeSelector ?? {}).every(([key, value]) => node.metadata.labels?.[key] === value) &&
      (!nodeSelectorTerms || nodeSelectorTerms.some((term) => matchesTerm(node, term))),
  );
  if (!fits) return tolerates;
  return {
    ...tolerates,
    ...(nodeSelector && { nodeSelector }),
    ...(nodeSelectorTerms && {
      affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } } },
    }),
  };
}

/** Neither cordoned nor tainted against it. */
function isUsable({ spec = {} }: KubeObject, tolerations: readonly Toleration[]): boolean {
  const taints: { key: string; value?: string; effect: string }[] = spec.taints ?? [];
  return taints.every(
    (taint) => taint.effect === 'PreferNoSchedule' || tolerations.some((toleration) => tolerates(toleration, taint)),
  );
}

const tolerates = (
  { key, operator = 'Equal', value, effect }: Toleration,
  taint: { key: string; value?: string; effect: string },
): boolean =>
  (!effect || effect === taint.effect) &&
  (key ? key === taint.key : operator === 'Exists') &&
  (operator === 'Exists' || (value ?? '') === (taint.value ?? ''));

/** An empty term matches no node. */
function matchesTerm({ metadata }: KubeObject, { matchExpressions = [], matchFields = [] }: NodeSelectorTerm): boolean {
  if (matchExpressions.length + matchFields.length === 0) return false;
  return (
    matchExpressions.every((requirement) => isMet(requirement, metadata.labels?.[requirement.key])) &&
    matchFields.every((requirement) =>
      isMet(requirement, requirement.key === 'metadata.name' ? metadata.name : undefined),
    )
  );
}

function isMet({ operator, values = [] }: Requirement, value: string | undefined): boolean {
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    case 'Gt':
      return Number(value) > Number(values[0]);
    case 'Lt':
      return Number(value) < Number(values[0]);
    default:
      return false;
  }
}
