import { editField } from '../meta/edit-field.js';
import type { KubeObject } from '../meta/kube-object.js';

/** Ordinal of the pod a claim belongs to by its name, `<template>-<StatefulSet>-<ordinal>`; undefined when it is none of these. */
export function ordinalOf(claim: string, template: string, statefulSet: string): number | undefined {
  const prefix = `${template}-${statefulSet}-`;
  const rest = claim.startsWith(prefix) ? claim.slice(prefix.length) : '';
  return /^(0|[1-9]\d*)$/.test(rest) ? Number(rest) : undefined;
}

/** Names of the claim templates of a StatefulSet; other kinds have none. */
export const templateNames = ({ kind, spec }: KubeObject): string[] =>
  kind === 'StatefulSet'
    ? ((spec?.volumeClaimTemplates ?? []) as KubeObject[]).map(({ metadata }) => metadata.name)
    : [];

/** How claim templates have to be called for a StatefulSet to find other claims. */
export interface TemplateRenames {
  renames: ReadonlyMap<string, string>;
  /** What no name of a template can express, each as a sentence. */
  problems: string[];
}

/** A StatefulSet finds its claims by name only, so all claims of a template must be renamed alike. */
export function templateRenames(workload: KubeObject, mapping: ReadonlyMap<string, string>): TemplateRenames {
  const { name } = workload.metadata;
  const renames = new Map<string, string>();
  const problems: string[] = [];
  for (const template of templateNames(workload)) {
    const wanted = new Set<string>();
    for (const [claim, counterpart] of mapping) {
      const ordinal = ordinalOf(claim, template, name);
      if (ordinal === undefined) continue;
      const ending = `-${name}-${ordinal}`;
      if (counterpart.endsWith(ending)) wanted.add(counterpart.slice(0, -ending.length));
      else problems.push(`${counterpart}, the counterpart of ${claim}, must end with ${ending}.`);
    }
    const [renamed, another] = wanted;
    if (another !== undefined) {
      problems.push(
        `Counterparts of the claims of template ${template} begin with ${[...wanted].join(' and ')}: they must begin alike.`,
      );
    } else if (renamed !== undefined && renamed !== template) {
      renames.set(template, renamed);
    }
  }
  return problems.length > 0 ? { renames: new Map(), problems } : { renames, problems };
}

/** Claims of a template that are there and have no counterpart: their pods would get new, empty ones. */
export const claimsWithoutCounterpart = (
  workload: KubeObject,
  mapping: ReadonlyMap<string, string>,
  existing: readonly string[],
): string[] =>
  [...templateRenames(workload, mapping).renames.keys()].flatMap((template) =>
    existing.filter((claim) => ordinalOf(claim, template, workload.metadata.name) !== undefined && !mapping.has(claim)),
  );

const CONTAINERS = ['containers[]', 'initContainers[]', 'ephemeralContainers[]'];

/** A volume that stands in the pod template under a claim template's name is replaced by the claim: it keeps doing so. */
const PLACES_OF_TEMPLATE_NAMES = [
  'spec.volumeClaimTemplates[].metadata.name',
  'spec.template.spec.volumes[].name',
  ...CONTAINERS.flatMap((list) => [
    `spec.template.spec.${list}.volumeMounts[].name`,
    `spec.template.spec.${list}.volumeDevices[].name`,
  ]),
];

export const renameTemplates = (statefulSet: KubeObject, renames: ReadonlyMap<string, string>): KubeObject =>
  renames.size === 0
    ? statefulSet
    : PLACES_OF_TEMPLATE_NAMES.reduce(
        (changed, place) => editField(changed, place, (name) => renames.get(name as string) ?? name),
        statefulSet,
      );
