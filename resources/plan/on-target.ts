import canonicalize from 'canonicalize';
import type { ConditionFinding } from '../meta/conditions.js';
import { warn } from '../meta/findings.js';
import type { KubeObject } from '../meta/kube-object.js';
import { mapNamespaceReferences, type NamespaceMapping } from '../transforms/namespace-references.js';

/** Objects that are on the target already under names that the plan brings, and that no run of the plan made. Each is described. */
export interface OnTarget {
  /** Workloads that run on the source and are down there. */
  down: string[];
  /** Workloads that run there. */
  running: string[];
  /** Other objects, of another content than on the source. */
  differing: string[];
}

/** Written for the cluster an object is in. */
const LOCAL_FIELDS = ['apiVersion', 'kind', 'metadata', 'status'];
const LOCAL_OF_SERVICES = [
  'clusterIP',
  'clusterIPs',
  'ipFamilies',
  'ipFamilyPolicy',
  'internalTrafficPolicy',
  'healthCheckNodePort',
];
const LOCAL_OF_PORTS = ['nodePort'];

const without = (value: Record<string, unknown> = {}, fields: readonly string[]): Record<string, unknown> =>
  Object.fromEntries(Object.entries(value).filter(([field]) => !fields.includes(field)));

function contentOf(object: KubeObject): unknown {
  const content = without(object, LOCAL_FIELDS);
  if (object.kind !== 'Service') return content;
  const { ports = [], ...spec } = without(object.spec, LOCAL_OF_SERVICES);
  return {
    spec: { ...spec, ports: (ports as Record<string, unknown>[]).map((port) => without(port, LOCAL_OF_PORTS)) },
  };
}

/** Whether an object of the target says something else than that of the source would. ServiceAccounts are completed, not compared. */
export const differs = (source: KubeObject, target: KubeObject, namespaces: NamespaceMapping): boolean =>
  source.kind !== 'ServiceAccount' &&
  canonicalize(contentOf(mapNamespaceReferences(source, namespaces))) !== canonicalize(contentOf(target));

export const DOWN_ON_TARGET =
  'workloads that run on the source are on the target already, down, and were not brought by this plan. They would be left as they are, and the application would be down on both sides';
export const DOWN_ADVICE =
  'Delete them on the target, so that the migration brings them, or start them there and take them out of the plan.';

export function onTargetFindings({ down, running, differing }: OnTarget, targetCluster: string): ConditionFinding[] {
  const findings: ConditionFinding[] = [];
  if (down.length > 0) {
    const message = `On target cluster ${targetCluster}, ${DOWN_ON_TARGET}: []. A cutover is refused before it halts anything. ${DOWN_ADVICE}`;
    findings.push(warn('WorkloadsDownOnTarget', 'NotBroughtByPlan', message, down));
  }
  const others = [...running.map((name) => `${name} (runs)`), ...differing];
  if (others.length > 0) findings.push(warn('ObjectsOnTarget', 'AlreadyThere', alreadyThere(targetCluster), others));
  return findings;
}

const alreadyThere = (targetCluster: string): string =>
  `Objects of these names are on target cluster ${targetCluster} already, run there or differ from those of the source, and stay as they are: []. Delete those that the migration is to bring.`;
