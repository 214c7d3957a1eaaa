import type { KubeObject } from '../meta/kube-object.js';
import { applyMergePatch } from '../meta/merge-patch.js';
import { podSpecOf } from './claim-references.js';
import { ARRIVE_HALTED } from './quiesce.js';
import { templateNames } from './statefulset-claims.js';
import { workloadKindOf } from './workload-kinds.js';

interface Place {
  namespace: string;
  labels: Record<string, string>;
}

/** A workload of the source as it will be created on the target by the Restore, halted. */
export function arrivingWorkload(workload: KubeObject, { namespace, labels }: Place): KubeObject {
  const { apiVersion, kind, metadata, spec } = workload;
  const { groupResource } = workloadKindOf(workload);
  const bare: KubeObject = {
    apiVersion,
    kind,
    metadata: {
      name: metadata.name,
      namespace,
      labels: { ...metadata.labels, ...labels },
      annotations: metadata.annotations,
    },
    spec: kind === 'Job' ? withoutGeneratedFields(spec) : spec,
  };
  return ARRIVE_HALTED.filter(
    (arrival) =>
      arrival.groupResource === groupResource &&
      (!arrival.where || String(spec?.[arrival.where.field]) === arrival.where.value),
  ).reduce((changed, { patch }) => applyMergePatch(changed, patch), bare);
}

/** One of the pods a workload starts; undefined for a machine, whose pod its controller composes. */
export function arrivingPodOf(workload: KubeObject, { namespace }: Place): KubeObject | undefined {
  const spec = podSpecOf(workload);
  if (!spec || workload.kind === 'VirtualMachine') return undefined;
  const template = workload.kind === 'CronJob' ? workload.spec?.jobTemplate?.spec?.template : workload.spec?.template;
  const { name } = workload.metadata;
  const claims = templateNames(workload).map((claim) => ({
    name: claim,
    persistentVolumeClaim: { claimName: `${claim}-${name}-0` },
  }));
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      // Names of pods end in what their controllers generate.
      name: `${name.slice(0, 50)}-rehearsal`,
      namespace,
      labels: template?.metadata?.labels,
      annotations: template?.metadata?.annotations,
    },
    spec: { ...spec, volumes: [...(spec.volumes ?? []).filter(isNoneOf(claims)), ...claims] },
  };
}

const isNoneOf =
  (claims: readonly { name: string }[]) =>
  (volume: { name: string }): boolean =>
    !claims.some(({ name }) => name === volume.name);

/** They name the Job by its uid; the API server generates new ones. */
function withoutGeneratedFields(spec: KubeObject['spec']): KubeObject['spec'] {
  if (spec?.manualSelector) return spec;
  const { selector: _, ...rest } = spec ?? {};
  const { labels = {}, ...metadata } = rest.template?.metadata ?? {};
  const own = Object.fromEntries(
    Object.entries(labels).filter(([label]) => !/^(batch\.kubernetes\.io\/)?(controller-uid|job-name)$/.test(label)),
  );
  return { ...rest, template: { ...rest.template, metadata: { ...metadata, labels: own } } };
}
