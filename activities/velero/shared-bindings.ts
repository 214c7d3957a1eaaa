import type { ClusterClient } from '../../clusters/cluster-client.js';
import { listSome } from '../../resources/meta/listing.js';
import type { RunRecord, RunRef, RunWarning } from '../../resources/run/run-record.js';
import { namespaceMapping } from '../../resources/transforms/namespace-references.js';
import { type ModifierRule, patchObjects } from '../../resources/transforms/resource-modifiers.js';
import { CLUSTER_ROLE_BINDING, sharedBinding } from '../../resources/transforms/shared-bindings.js';
import type { ActivityDependencies } from '../kit/dependencies.js';
import { keepInRunLog } from '../kit/run-log.js';
import { sourceNamespaces } from '../workloads/list-workloads.js';

/**
 * One ClusterRoleBinding may name accounts of many namespaces that come one by one, under other names. Where the target knows a binding
 * of the name, which Velero leaves as it is, the accounts it lacks get one of their own beside it.
 *
 * @returns rules that come after all others, since they change names
 */
export async function sharedBindings(
  deps: ActivityDependencies,
  run: RunRef,
  record: RunRecord,
  { source, target }: { source: ClusterClient; target: ClusterClient },
  signal: AbortSignal,
): Promise<{ rules: ModifierRule[]; warnings: RunWarning[] }> {
  const [ofSource, ofTarget] = await Promise.all(
    [source, target].map((client) => client.list(CLUSTER_ROLE_BINDING, { signal })),
  );
  const there = new Map(ofTarget?.items.map((binding) => [binding.metadata.name, binding]));
  const rules: ModifierRule[] = [];
  const lacking: string[] = [];
  const mapping = namespaceMapping(record.namespaces);
  for (const binding of ofSource?.items ?? []) {
    const { name } = binding.metadata;
    const onTarget = there.get(name);
    const shared =
      onTarget &&
      sharedBinding({ ...binding, kind: CLUSTER_ROLE_BINDING.kind }, onTarget, {
        namespaces: sourceNamespaces(record),
        mapping,
        planUid: record.plan.uid,
      });
    if (!shared) continue;
    if (shared.patch) rules.push(patchObjects(CLUSTER_ROLE_BINDING, [name], shared.patch));
    else lacking.push(`${name} (${shared.missing.join(', ')})`);
    await keepInRunLog(deps, run, `clusterrolebinding ${name}`, [
      shared.patch
        ? `is on ${target.name} and stays as it is. ${shared.patch.metadata.name} is made beside it for ${listSome(shared.missing)}.`
        : `is on ${target.name} with another role and stays as it is. It does not name ${listSome(shared.missing)}, as it does on the source.`,
    ]);
  }
  return { rules, warnings: lacking.length > 0 ? [lackingWarning(lacking)] : [] };
}

const lackingWarning = (bindings: readonly string[]): RunWarning => ({
  type: 'ClusterObjectsDiffer',
  reason: 'SubjectsMissing',
  message: `ClusterRoleBindings were on the target with another role and stay as they are; they do not give the accounts of the migration what they have on the source: ${listSome(bindings)}. Bind the role to them if they need it.`,
});
