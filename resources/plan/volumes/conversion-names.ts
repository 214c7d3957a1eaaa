import type { KubeObject } from '../../meta/kube-object.js';
import { ordinalOf, templateNames } from '../../workloads/statefulset-claims.js';

interface Claim {
  namespace: string;
  name: string;
}

/** What a former conversion, here or by MTC, put behind a name. */
const FORMER_SUFFIX = /(-new|-mig-[a-z0-9]{4})$/;
/** Of an object's name, and of a volume's in a pod, which a claim template gives its name to. */
const LONGEST_NAME = 253;
const LONGEST_TEMPLATE = 63;

/**
 * Names for the claims a conversion makes: `<claim>-mig-<suffix>`; for those of a StatefulSet's template, which it finds by name,
 * `<template>-mig-<suffix>-<StatefulSet>-<ordinal>`. Suffixes of former conversions are replaced.
 *
 * @param claims all claims to be converted; no two get one name
 * @param statefulSets of the same namespaces
 * @param suffix four characters
 */
export function conversionNames(
  claims: readonly Claim[],
  statefulSets: readonly KubeObject[],
  suffix: string,
): (claim: Claim) => string {
  const plain = (name: string): string => cut(name.replace(FORMER_SUFFIX, ''), suffix, LONGEST_NAME);
  return (claim) => {
    const owner = templateOf(claim, statefulSets);
    if (owner) {
      const template = cut(owner.template.replace(FORMER_SUFFIX, ''), suffix, LONGEST_TEMPLATE);
      return `${template}-${owner.statefulSet}-${owner.ordinal}`;
    }
    const isTaken = claims.some(
      ({ namespace, name }) =>
        namespace === claim.namespace && name !== claim.name && plain(name) === plain(claim.name),
    );
    return isTaken ? cut(claim.name, suffix, LONGEST_NAME) : plain(claim.name);
  };
}

function templateOf({ namespace, name }: Claim, statefulSets: readonly KubeObject[]) {
  for (const object of statefulSets.filter(({ metadata }) => metadata.namespace === namespace)) {
    const statefulSet = object.metadata.name;
    for (const template of templateNames(object)) {
      const ordinal = ordinalOf(name, template, statefulSet);
      if (ordinal !== undefined) return { template, statefulSet, ordinal };
    }
  }
  return undefined;
}

function cut(name: string, suffix: string, longest: number): string {
  const ending = `-mig-${suffix}`;
  return `${name.slice(0, longest - ending.length).replace(/[-.]+$/, '')}${ending}`;
}
