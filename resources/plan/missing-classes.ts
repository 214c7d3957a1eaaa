import type { ConditionFinding } from '../meta/conditions.js';
import { warn } from '../meta/findings.js';
import { describeReference, type KubeObject, referenceOf } from '../meta/kube-object.js';
import { podSpecOf } from '../workloads/claim-references.js';

/** Cluster-scoped types that pods, claims and routes to them choose by name. */
export const CLASS_TYPES = [
  { apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass' },
  { apiVersion: 'node.k8s.io/v1', kind: 'RuntimeClass' },
  { apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass' },
  { apiVersion: 'networking.k8s.io/v1', kind: 'IngressClass' },
] as const;
type ClassKind = (typeof CLASS_TYPES)[number]['kind'];

interface ClassUse {
  kind: ClassKind;
  name: string;
}

interface ClaimTemplate {
  metadata?: { name: string };
  spec?: { storageClassName?: string };
}

/** The classes an object names. */
export function classesOf(object: KubeObject): ClassUse[] {
  if (object.kind === 'Ingress') return uses('IngressClass', [object.spec?.ingressClassName]);
  const pod = podSpecOf(object) ?? {};
  const templates: ClaimTemplate[] = object.kind === 'StatefulSet' ? (object.spec?.volumeClaimTemplates ?? []) : [];
  return [
    ...uses('PriorityClass', [pod.priorityClassName]),
    ...uses('RuntimeClass', [pod.runtimeClassName]),
    ...uses(
      'StorageClass',
      [...templates, ...ephemeralClaims(pod)].map(({ spec }) => spec?.storageClassName),
    ),
  ];
}

const ephemeralClaims = (pod: KubeObject['spec']): ClaimTemplate[] =>
  (pod.volumes ?? []).flatMap(
    ({ ephemeral }: { ephemeral?: { volumeClaimTemplate?: ClaimTemplate } }) => ephemeral?.volumeClaimTemplate ?? [],
  );

const uses = (kind: ClassKind, names: readonly unknown[]): ClassUse[] =>
  names.flatMap((name) => (typeof name === 'string' && name !== '' ? [{ kind, name }] : []));

/** Whether a workload would wait for ever for claims of classes that are not there: claims that come along need no class. */
export function classesToProvision(
  workload: KubeObject,
  isComing: (claim: { namespace: string | undefined; name: string }) => boolean,
): string[] {
  const { namespace, name } = workload.metadata;
  const templates: ClaimTemplate[] = workload.kind === 'StatefulSet' ? (workload.spec?.volumeClaimTemplates ?? []) : [];
  const first = workload.spec?.ordinals?.start ?? 0;
  const created = templates.filter(
    ({ metadata }) => !isComing({ namespace, name: `${metadata?.name}-${name}-${first}` }),
  );
  const claims = [...created, ...ephemeralClaims(podSpecOf(workload) ?? {})];
  return [
    ...new Set(
      uses(
        'StorageClass',
        claims.map(({ spec }) => spec?.storageClassName),
      ).map(({ name: of }) => of),
    ),
  ];
}

/** Names of the classes of one kind that a cluster has; undefined where it does not serve the kind. */
export type KnownClasses = ReadonlyMap<string, ReadonlySet<string>>;

/** Classes that objects of the source name and the target lacks: pods are refused or wait for ever. */
export function missingClassFindings(
  objects: readonly KubeObject[],
  known: KnownClasses,
  targetCluster: string,
): ConditionFinding[] {
  const users = new Map<string, Set<string>>();
  for (const object of objects) {
    for (const { kind, name } of classesOf(object)) {
      if (known.get(kind)?.has(name)) continue;
      const title = `${kind} ${name}`;
      users.set(title, (users.get(title) ?? new Set()).add(describeReference(referenceOf(object))));
    }
  }
  if (users.size === 0) return [];
  const items = [...users].map(([title, by]) => `${title} (${[...by].join(', ')})`);
  const message = `Target cluster ${targetCluster} lacks classes that the plan's objects name: []. Create them there. A cutover is refused before it halts anything while pods that are to run would not be admitted without them.`;
  return [warn('ClassesMissingOnTarget', 'NotFound', message, items)];
}
