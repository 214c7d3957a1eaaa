import { editField } from '../meta/edit-field.js';
import type { KubeObject } from '../meta/kube-object.js';
import { ordinalOf, renameTemplates, templateNames, templateRenames } from './statefulset-claims.js';

/** Claim → the one that takes its place; of one namespace. */
export type ClaimMapping = ReadonlyMap<string, string>;

const POD_SPEC_PATHS: Record<string, string> = { Pod: 'spec', CronJob: 'spec.jobTemplate.spec.template.spec' };

const podSpecPath = (kind: string): string => POD_SPEC_PATHS[kind] ?? 'spec.template.spec';

export const podSpecOf = (object: KubeObject): KubeObject['spec'] =>
  podSpecPath(object.kind)
    .split('.')
    .reduce((node, field) => node?.[field], object);

interface Volume {
  persistentVolumeClaim?: { claimName: string };
  dataVolume?: { name: string };
}

const volumesOf = (object: KubeObject): Volume[] => podSpecOf(object)?.volumes ?? [];

/** DataVolumes of a virtual machine; the claim of each has its name. */
export const dataVolumesOf = (machine: KubeObject): string[] =>
  volumesOf(machine).flatMap(({ dataVolume }) => dataVolume?.name ?? []);

/** Names of the claims that a pod, or a workload's template of pods, mounts. Ephemeral volumes have claims of their own. */
export const mountedClaims = (object: KubeObject): string[] => [
  ...volumesOf(object).flatMap(({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName ?? []),
  ...dataVolumesOf(object),
];

/** Whether a workload uses one of these claims of its namespace, whatever its number of replicas. */
export function usesClaims(workload: KubeObject, claims: ReadonlySet<string>): boolean {
  if (mountedClaims(workload).some((claim) => claims.has(claim))) return true;
  return templateNames(workload).some((template) =>
    [...claims].some((claim) => ordinalOf(claim, template, workload.metadata.name) !== undefined),
  );
}

/**
 * A workload that refers to the other claims. Claim templates of a StatefulSet that cannot name their counterparts stay as they are:
 * {@link templateRenames} tells which.
 */
export function renameClaims(workload: KubeObject, mapping: ClaimMapping): KubeObject {
  const renamed = editField(
    workload,
    `${podSpecPath(workload.kind)}.volumes[].persistentVolumeClaim.claimName`,
    (claim) => mapping.get(claim as string) ?? claim,
  );
  return renameTemplates(renamed, templateRenames(workload, mapping).renames);
}
