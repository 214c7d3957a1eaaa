import type { ClusterClient } from '../../clusters/cluster-client.js';
import type { KubeObject } from '../../resources/meta/kube-object.js';
import { listSome } from '../../resources/meta/listing.js';
import { includesKind } from '../../resources/plan/resource-selection.js';
import type { RunRecord, RunRef, RunWarning } from '../../resources/run/run-record.js';
import { accountsOf, constraintsOf } from '../../resources/transforms/cluster-rights.js';
import { mapNamespaceReferences, namespaceMapping } from '../../resources/transforms/namespace-references.js';
import type { ActivityDependencies } from '../kit/dependencies.js';
import { createdOnTarget, isMadeByRun, provenanceLabels } from '../kit/provenance.js';
import { keepInRunLog } from '../kit/run-log.js';
import { sourceNamespaces } from '../workloads/list-workloads.js';

export const SECURITY_CONSTRAINTS = {
  apiVersion: 'security.openshift.io/v1',
  kind: 'SecurityContextConstraints',
} as const;

/**
 * OpenShift: a service account arrives with the SecurityContextConstraints that name it, which name nothing but such accounts then;
 * Velero does not know that they belong together. Those the target has under the same name stay as they are, and a warning says what is missing in them.
 */
export async function carrySecurityConstraints(
  deps: ActivityDependencies,
  run: RunRef,
  record: RunRecord,
  { source, target }: { source: ClusterClient; target: ClusterClient },
  signal: AbortSignal,
): Promise<RunWarning[]> {
  const served = await Promise.all(
    [source, target].map((client) => client.resourceOf(SECURITY_CONSTRAINTS, { signal })),
  );
  if (!served.every(Boolean)) return [];
  if (!includesKind(record, { group: '', kind: 'ServiceAccount' })) return [];
  const namespaces = sourceNamespaces(record);
  const { items } = await source.list(SECURITY_CONSTRAINTS, { signal });
  const lacking: string[] = [];
  for (const constraints of items) {
    if (accountsOf(constraints, namespaces).length === 0) continue;
    const wanted = mapNamespaceReferences(constraintsOf(constraints, namespaces), namespaceMapping(record.namespaces));
    const missing = await carry(deps, run, record, target, wanted, signal);
    if (missing.length > 0) lacking.push(`${wanted.metadata.name} (${missing.join(', ')})`);
  }
  if (lacking.length === 0) return [];
  return [
    {
      type: 'ClusterObjectsDiffer',
      reason: 'UsersMissing',
      message: `SecurityContextConstraints were on the target before and stay as they are; they do not name accounts as they do on the source: ${listSome(lacking)}. Add the accounts if their pods are refused.`,
    },
  ];
}

async function carry(
  deps: ActivityDependencies,
  run: RunRef,
  record: RunRecord,
  target: ClusterClient,
  wanted: KubeObject,
  signal: AbortSignal,
): Promise<string[]> {
  const { name, labels, annotations } = wanted.metadata;
  const metadata = { name, labels: { ...labels, ...provenanceLabels(record) }, annotations };
  const { object } = await target.createIfAbsent({ ...wanted, ...SECURITY_CONSTRAINTS, metadata }, { signal });
  // A repeated activity may find what its predecessor made and could not record.
  if (isMadeByRun(object, record)) {
    await deps.store.runs.recordCreated(run, [createdOnTarget(record, object)]);
    return [];
  }
  const missing = [...lackingIn(object, wanted, 'users'), ...lackingIn(object, wanted, 'groups')];
  if (missing.length === 0) return [];
  await keepInRunLog(deps, run, `securitycontextconstraints ${name}`, [
    `was on ${target.name} before and stays as it is. It does not name ${missing.join(', ')}, as it does on the source.`,
  ]);
  return missing;
}

const lackingIn = (there: KubeObject, wanted: KubeObject, field: 'users' | 'groups'): string[] =>
  ((wanted[field] ?? []) as string[]).filter((name) => !(there[field] ?? []).includes(name));
