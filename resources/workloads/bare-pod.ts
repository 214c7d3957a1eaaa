import type { KubeObject } from '../meta/kube-object.js';
import { ANNOTATIONS } from '../meta/labels.js';
import { controllerOf, isDeployerPod, isFinishedPod } from './ownership.js';

/** A pod that runs without any controller: nothing creates it again. Helpers of ours are such pods too. */
export const isBarePod = (pod: KubeObject): boolean =>
  controllerOf(pod) === undefined &&
  !isDeployerPod(pod) &&
  !isFinishedPod(pod) &&
  pod.metadata.deletionTimestamp === undefined &&
  pod.metadata.annotations?.['kubernetes.io/config.mirror'] === undefined;

/** Annotations that networks, admission and kubectl wrote for the pod as it was on its node. */
const LOCAL_ANNOTATIONS =
  /^(k8s\.v1\.cni\.cncf\.io\/network-status|k8s\.ovn\.org\/|cni\.projectcalico\.org\/|openshift\.io\/scc|kubernetes\.io\/limit-ranger)/;

/** Fields that admission and the scheduler filled in; set again by the target, refused or wrong there as they are. */
const LOCAL_FIELDS = ['nodeName', 'serviceAccount', 'priority', 'preemptionPolicy', 'ephemeralContainers'];

const TOKEN_VOLUME = /^kube-api-access-[a-z0-9]{5}$/;
const GENERATED_PULL_SECRET = /-dockercfg-[a-z0-9]{5}$/;

interface NamedItem {
  name: string;
}

/**
 * The pod as it is created on the target from its definition on the source.
 *
 * @param place.claims target claim of each source claim that is renamed
 */
export function arrivingPod(
  pod: KubeObject,
  place: { namespace: string; labels: Record<string, string>; claims: Record<string, string> },
): KubeObject {
  const { name, labels, annotations = {} } = pod.metadata;
  const spec = withoutLocalFields(pod.spec);
  const volumes = named<NamedItem & { persistentVolumeClaim?: { claimName: string } }>(spec.volumes);
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace: place.namespace,
      labels: { ...labels, ...place.labels },
      annotations: Object.fromEntries(
        Object.entries(annotations).filter(([key]) => key !== ANNOTATIONS.lastApplied && !LOCAL_ANNOTATIONS.test(key)),
      ),
    },
    spec: {
      ...spec,
      containers: withoutTokenMounts(spec.containers),
      ...(spec.initContainers ? { initContainers: withoutTokenMounts(spec.initContainers) } : {}),
      volumes: volumes
        .filter((volume) => !TOKEN_VOLUME.test(volume.name))
        .map(({ persistentVolumeClaim: claim, ...volume }) =>
          claim
            ? {
                ...volume,
                persistentVolumeClaim: { ...claim, claimName: place.claims[claim.claimName] ?? claim.claimName },
              }
            : volume,
        ),
      imagePullSecrets: named(spec.imagePullSecrets).filter((secret) => !GENERATED_PULL_SECRET.test(secret.name)),
    },
  };
}

const named = <Item extends NamedItem>(items: unknown): Item[] => (items as Item[] | undefined) ?? [];

const withoutLocalFields = (spec: KubeObject['spec']): KubeObject['spec'] =>
  Object.fromEntries(Object.entries(spec ?? {}).filter(([field]) => !LOCAL_FIELDS.includes(field)));

const withoutTokenMounts = (containers: unknown): NamedItem[] =>
  named<NamedItem & { volumeMounts?: NamedItem[] }>(containers).map((container) => ({
    ...container,
    volumeMounts: container.volumeMounts?.filter(({ name }) => !TOKEN_VOLUME.test(name)),
  }));
