import type { KubeObject, OwnerReference } from '../meta/kube-object.js';
import { LABELS } from '../meta/labels.js';

/** What is known beside the objects themselves. */
export interface ContentOwners {
  /** The rollback's plan and the uids of its runs, whose helpers are ours. */
  planUid: string;
  runs: ReadonlySet<string>;
  /** uids of what the plan's runs made. */
  created: ReadonlySet<string>;
  /** uids of owners outside of the namespace, or of kinds that were not listed, that are there. */
  living: ReadonlySet<string>;
}

/** Objects of these kinds follow other objects: they are never foreign themselves. */
const FOLLOWING_KINDS = new Set(['Event', 'Endpoints', 'EndpointSlice', 'Lease']);
const METRICS_GROUP = /(^|\.)metrics\.k8s\.io\//;
const SERVICE_ACCOUNTS = ['default', 'builder', 'deployer'];
const CONFIG_MAPS = ['kube-root-ca.crt', 'openshift-service-ca.crt'];
const CREDENTIAL_TYPES = [
  'kubernetes.io/service-account-token',
  'kubernetes.io/dockercfg',
  'kubernetes.io/dockerconfigjson',
];
const SERVICE_ACCOUNT_NAME = 'kubernetes.io/service-account.name';
const GENERATED_CREDENTIAL = /^(default|builder|deployer)-(token|dockercfg)-[a-z0-9]+$/;

/**
 * What of a namespace's content is foreign: neither what every namespace gets, nor what the plan's runs made, nor dependents of these.
 *
 * @param objects everything in the namespace
 */
export function foreignContent(objects: readonly KubeObject[], owners: ContentOwners): KubeObject[] {
  const candidates = objects.filter((object) => !isIncidental(object) && !isOurs(object, owners));
  // From an object its dependents get their verdict, and theirs from them.
  const open = new Map(candidates.map((object) => [object.metadata.uid, object]));
  const stands = ({ uid }: OwnerReference): boolean => owners.living.has(uid) || open.has(uid);
  for (let before = -1; before !== open.size; ) {
    before = open.size;
    for (const [uid, { metadata }] of open) {
      const references = metadata.ownerReferences ?? [];
      if (references.length > 0 && !references.some(stands)) open.delete(uid);
    }
  }
  return [...open.values()];
}

/** Owners of candidates that are not among the objects: whether they are there has to be asked. */
export function unknownOwners(objects: readonly KubeObject[], owners: Omit<ContentOwners, 'living'>): OwnerReference[] {
  const known = new Set(objects.map(({ metadata }) => metadata.uid));
  const asked = objects
    .filter((object) => !isIncidental(object) && !isOurs(object, owners))
    .flatMap(({ metadata }) => metadata.ownerReferences ?? [])
    .filter(({ uid }) => !known.has(uid) && !owners.created.has(uid));
  return [...new Map(asked.map((owner) => [owner.uid, owner])).values()];
}

/** Made by one of the plan's runs and still marked so: who takes the label away takes the object over. */
const isOurs = ({ metadata }: KubeObject, { planUid, runs, created }: Omit<ContentOwners, 'living'>): boolean =>
  (metadata.labels?.[LABELS.migratedByPlan] === planUid && created.has(metadata.uid ?? '')) ||
  runs.has(metadata.labels?.[LABELS.helper] ?? '');

/** Whether objects of the type only say something about others. */
export const follows = ({ apiVersion, kind }: { apiVersion: string; kind: string }): boolean =>
  FOLLOWING_KINDS.has(kind) || METRICS_GROUP.test(apiVersion);

/** What every namespace gets without anybody asking for it. */
function isIncidental({ apiVersion, kind, metadata, type }: KubeObject): boolean {
  const { name } = metadata;
  if (follows({ apiVersion, kind })) return true;
  if (kind === 'ServiceAccount') return SERVICE_ACCOUNTS.includes(name);
  if (kind === 'ConfigMap') return CONFIG_MAPS.includes(name);
  if (kind === 'RoleBinding') return name.startsWith('system:');
  if (kind !== 'Secret' || !CREDENTIAL_TYPES.includes(type)) return false;
  const account = metadata.annotations?.[SERVICE_ACCOUNT_NAME];
  return account === undefined ? GENERATED_CREDENTIAL.test(name) : SERVICE_ACCOUNTS.includes(account);
}
