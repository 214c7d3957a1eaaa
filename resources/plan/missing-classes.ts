import type { ConditionFinding } from '../meta/conditions.js';
import { warn } from '../meta/findings.js';
import { describeReference, type KubeObject, referenceOf } from '../meta/kube-object.js';
import { podSpecOf } from '../workloads/claim-references.js';
import { defaultClasses } from './default-class.js';

const DEVICE_VERSIONS = ['resource.k8s.io/v1', 'resource.k8s.io/v1beta2', 'resource.k8s.io/v1beta1'];
const SNAPSHOTS = 'snapshot.storage.k8s.io/v1';
const GATEWAYS = 'gateway.networking.k8s.io/v1';

/** Cluster-scoped types that pods, claims, snapshots and routes choose by name. */
export const CLASS_TYPES = [
  { apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass' },
  { apiVersion: 'node.k8s.io/v1', kind: 'RuntimeClass' },
  { apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass' },
  { apiVersion: 'networking.k8s.io/v1', kind: 'IngressClass' },
  { apiVersion: SNAPSHOTS, kind: 'VolumeSnapshotClass' },
  { apiVersion: GATEWAYS, kind: 'GatewayClass' },
  ...DEVICE_VERSIONS.map((apiVersion) => ({ apiVersion, kind: 'DeviceClass' as const })),
] as const;

/** Types beside workloads and pods whose objects name a class. */
export const CLASS_USERS = [
  { apiVersion: 'networking.k8s.io/v1', kind: 'Ingress' },
  { apiVersion: GATEWAYS, kind: 'Gateway' },
  { apiVersion: SNAPSHOTS, kind: 'VolumeSnapshot' },
] as const;

/** What pods ask for devices by; a cluster serves each in one version or several. */
export const DEVICE_CLAIMS = DEVICE_VERSIONS.flatMap((apiVersion) =>
  ['ResourceClaim', 'ResourceClaimTemplate'].map((kind) => ({ apiVersion, kind })),
);

/** Stands for the class of claims that name none: known where the cluster has one. */
export const DEFAULT_CLASS = '(default)';
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
  if (object.kind === 'Gateway') return uses('GatewayClass', [object.spec?.gatewayClassName]);
  if (object.kind === 'VolumeSnapshot') return uses('VolumeSnapshotClass', [object.spec?.volumeSnapshotClassName]);
  if (object.kind.startsWith('ResourceClaim')) return uses('DeviceClass', deviceClasses(object));
  const pod = podSpecOf(object) ?? {};
  const templates: ClaimTemplate[] = object.kind === 'StatefulSet' ? (object.spec?.volumeClaimTemplates ?? []) : [];
  return [
    ...uses('PriorityClass', [pod.priorityClassName]),
    ...uses('RuntimeClass', [pod.runtimeClassName]),
    ...uses('StorageClass', [...templates, ...ephemeralClaims(pod)].map(storageClassOf)),
  ];
}

/** An empty class asks for none. */
const storageClassOf = ({ spec }: ClaimTemplate): string => spec?.storageClassName ?? DEFAULT_CLASS;

interface DeviceRequest {
  deviceClassName?: string;
  exactly?: { deviceClassName?: string };
  firstAvailable?: { deviceClassName?: string }[];
}

/** One of several alternatives may do without the others' classes. */
function deviceClasses({ kind, spec }: KubeObject): unknown[] {
  const requests: DeviceRequest[] = (kind === 'ResourceClaim' ? spec : spec?.spec)?.devices?.requests ?? [];
  return requests.map(({ deviceClassName, exactly, firstAvailable = [] }) =>
    firstAvailable.length === 1 ? firstAvailable[0]?.deviceClassName : (exactly?.deviceClassName ?? deviceClassName),
  );
}

/** Device classes without which a workload's pods are not scheduled. */
export function deviceClassesOf(workload: KubeObject, claims: readonly KubeObject[]): string[] {
  const asked: { resourceClaimName?: string; resourceClaimTemplateName?: string }[] =
    podSpecOf(workload)?.resourceClaims ?? [];
  const used = claims.filter(
    ({ kind, metadata }) =>
      metadata.namespace === workload.metadata.namespace &&
      asked.some((each) =>
        kind === 'ResourceClaim'
          ? each.resourceClaimName === metadata.name
          : each.resourceClaimTemplateName === metadata.name,
      ),
  );
  return [...new Set(used.flatMap((claim) => classesOf(claim).map(({ name }) => name)))];
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
  return [...new Set(uses('StorageClass', claims.map(storageClassOf)).map(({ name: of }) => of))];
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

/** Which class claims get that name none, where the target marks several as its default. */
export function defaultClassFindings(
  objects: readonly KubeObject[],
  storageClasses: readonly KubeObject[],
  targetCluster: string,
): ConditionFinding[] {
  const users = objects.filter((object) => classesOf(object).some(({ name }) => name === DEFAULT_CLASS));
  const [taken, ...others] = defaultClasses(storageClasses).map(({ metadata }) => metadata.name);
  if (users.length === 0 || others.length === 0) return [];
  const items = users.map((object) => describeReference(referenceOf(object)));
  const message = `Target cluster ${targetCluster} has several default storage classes: ${[taken, ...others].join(', ')}. Claims that name none get the newest, ${taken}; such are made for: []. Leave one of them the default, or name a class in the claim templates.`;
  return [warn('SeveralDefaultStorageClasses', 'Ambiguous', message, items)];
}
