import type { KubeObject } from '../meta/kube-object.js';
import { podSpecOf } from './claim-references.js';

/** Objects without which a pod stays in its creation, or does not get its image. */
export interface PodNeed {
  kind: 'ConfigMap' | 'Secret';
  name: string;
}

interface Named {
  name?: string;
  optional?: boolean;
}
interface Sources {
  configMap?: Named;
  secret?: Named & { secretName?: string };
}
interface Container {
  envFrom?: { configMapRef?: Named; secretRef?: Named }[];
  env?: { valueFrom?: { configMapKeyRef?: Named; secretKeyRef?: Named } }[];
}

/** What the pods of a workload (or a pod) need by name, without what they can do without. */
export function podNeeds(object: KubeObject): PodNeed[] {
  const spec = podSpecOf(object) ?? {};
  const containers: Container[] = [...(spec.initContainers ?? []), ...(spec.containers ?? [])];
  const volumes: (Sources & { projected?: { sources?: Sources[] } })[] = spec.volumes ?? [];
  const sources = volumes.flatMap((volume) => [volume, ...(volume.projected?.sources ?? [])]);
  const env = containers.flatMap(({ envFrom = [], env: values = [] }) => [
    ...envFrom.map(({ configMapRef, secretRef }) => ({ configMap: configMapRef, secret: secretRef })),
    ...values.map(({ valueFrom }) => ({ configMap: valueFrom?.configMapKeyRef, secret: valueFrom?.secretKeyRef })),
  ]);
  const needs = [
    ...[...sources, ...env].flatMap(({ configMap, secret }: Sources) => [
      ...need('ConfigMap', configMap),
      ...need('Secret', secret && { ...secret, name: secret.secretName ?? secret.name }),
    ]),
    ...(spec.imagePullSecrets ?? []).flatMap((secret: Named) => need('Secret', secret)),
  ];
  return [...new Map(needs.map((each) => [`${each.kind} ${each.name}`, each])).values()];
}

const need = (kind: PodNeed['kind'], reference: Named | undefined): PodNeed[] =>
  reference?.name && !reference.optional ? [{ kind, name: reference.name }] : [];
