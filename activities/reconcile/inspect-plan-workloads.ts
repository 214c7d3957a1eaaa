import type { ClusterClient } from '../../clusters/cluster-client.js';
import type { MigPlan } from '../../resources/kinds/mig-plan.js';
import type { ConditionFinding } from '../../resources/meta/conditions.js';
import type { KubeObject } from '../../resources/meta/kube-object.js';
import { computeQuotaFindings } from '../../resources/plan/compute-quotas.js';
import { foreignHelperFindings } from '../../resources/plan/foreign-helpers.js';
import { haltedBeforeFindings } from '../../resources/plan/halted-before.js';
import { leftBehindFindings } from '../../resources/plan/left-behind.js';
import { FINALIZED_TYPES, leftOutFinalizerFindings } from '../../resources/plan/left-out-finalizers.js';
import type { Mapping } from '../../resources/plan/mappings.js';
import {
  CLASS_USERS,
  DEVICE_CLAIMS,
  defaultClassFindings,
  missingClassFindings,
} from '../../resources/plan/missing-classes.js';
import { onTargetFindings } from '../../resources/plan/on-target.js';
import { includedResourcesOf } from '../../resources/plan/resource-selection.js';
import { scaledByOthersFindings } from '../../resources/plan/scaled-by-others.js';
import { isBarePod } from '../../resources/workloads/bare-pod.js';
import { isHalted, isWorkload } from '../../resources/workloads/quiesce.js';
import type { ActivityDependencies } from '../kit/dependencies.js';
import { readObjects } from '../kit/read-objects.js';
import { readClasses } from '../records/known-classes.js';
import { type ObservedCluster, readWorkloads } from '../records/observe-cluster.js';
import { findOnTarget } from '../records/on-target.js';
import { haltedBefore } from '../workloads/halted-before.js';
import { unserved } from '../workloads/inspect-target.js';
import { type Choice, isChosen, isExcluded, travels } from '../workloads/travels.js';

interface Clients {
  source: ClusterClient;
  target: ClusterClient;
}

interface PlanWorkloads {
  plan: MigPlan;
  excludedResources: string[];
  observed: { source: ObservedCluster; target: ObservedCluster };
  namespaces: readonly Mapping[];
  sameCluster: boolean;
  /** The plan's workloads stay where they are. */
  converts: boolean;
}

/** What prevents the plan's workloads from being halted on the source or started on the target. */
export async function inspectPlanWorkloads(
  deps: Pick<ActivityDependencies, 'store'>,
  clients: Clients,
  input: PlanWorkloads,
): Promise<ConditionFinding[]> {
  const { observed, namespaces, plan } = input;
  const { source, target } = observed;
  const { workloads, scalers } = await readWorkloads(
    clients.source,
    namespaces.map((mapping) => mapping.source),
    deps.store,
  );
  const present = namespaces.map((mapping) => mapping.target).filter((name) => target.namespaces.has(name));
  const there = present.length > 0 ? (await readWorkloads(clients.target, present, deps.store)).workloads : [];
  const standing = workloads.filter(isWorkload);
  const arriving = standing.flatMap((workload) => {
    const namespace = namespaces.find((mapping) => mapping.source === workload.metadata.namespace)?.target ?? '';
    const exists = there.some(
      ({ kind, metadata }) =>
        kind === workload.kind && metadata.namespace === namespace && metadata.name === workload.metadata.name,
    );
    return exists ? [] : [{ namespace, workload }];
  });
  const findings = [
    ...foreignHelperFindings([...workloads, ...source.pods]),
    ...scaledByOthersFindings({ workloads, scalers, pods: source.pods }),
    ...computeQuotaFindings(target.quotas, arriving),
  ];
  if (input.converts) return findings;

  const choice = choiceOf(input);
  const coming = standing.filter((workload) => travels(choice, workload));
  const running = standing.filter((workload) => !isHalted(workload));
  const before = await haltedBefore(deps, plan.metadata.uid ?? '', coming);
  return [
    ...findings,
    ...leftBehindFindings({
      excluded: running.filter((each) => isChosen(choice, each) && isExcluded(choice, each)),
      unserved: await unserved(
        clients.target,
        running.filter((each) => travels(choice, each)),
      ),
    }),
    ...haltedBeforeFindings(before),
    ...(await onTarget(clients, input, choice, [...coming.filter((each) => !isHalted(each)), ...before.starts], there)),
    ...(await missingClasses(clients, input, choice, coming)),
    ...(await leftOutFinalizers(clients, input, choice, coming)),
  ];
}

const choiceOf = ({ plan, excludedResources }: PlanWorkloads): Choice => ({
  includedResources: includedResourcesOf(plan),
  labelSelector: plan.spec.labelSelector,
  excludedResources,
});

async function onTarget(
  clients: Clients,
  { plan, namespaces, observed, sameCluster }: PlanWorkloads,
  choice: Choice,
  workloads: readonly KubeObject[],
  there: readonly KubeObject[],
): Promise<ConditionFinding[]> {
  const present = namespaces.filter(
    (mapping) => observed.target.namespaces.has(mapping.target) && !(sameCluster && mapping.source === mapping.target),
  );
  if (present.length === 0) return [];
  const found = await findOnTarget(clients, {
    namespaces: present,
    planUid: plan.metadata.uid ?? '',
    workloads,
    there: there.filter(isWorkload),
    brings: (object) => isChosen(choice, object),
  });
  return onTargetFindings(found, clients.target.name);
}

async function leftOutFinalizers(
  { source }: Clients,
  { namespaces }: PlanWorkloads,
  choice: Choice,
  coming: readonly KubeObject[],
): Promise<ConditionFinding[]> {
  const scope = { namespaces: namespaces.map((mapping) => mapping.source) };
  const others = (await readObjects(source, FINALIZED_TYPES, scope)).flatMap(({ objects }) => objects);
  return leftOutFinalizerFindings([...coming, ...others.filter((object) => isChosen(choice, object))]);
}

async function missingClasses(
  clients: Clients,
  { namespaces, observed, sameCluster }: PlanWorkloads,
  choice: Choice,
  coming: readonly KubeObject[],
): Promise<ConditionFinding[]> {
  if (sameCluster) return [];
  const scope = { namespaces: namespaces.map((mapping) => mapping.source) };
  const [known, users] = await Promise.all([
    readClasses(clients.target),
    readObjects(clients.source, [...CLASS_USERS, ...DEVICE_CLAIMS], scope),
  ]);
  const pods = observed.source.pods.filter(isBarePod);
  // One that is served in several versions is listed in each.
  const listed = new Map(users.flatMap((each) => each.objects).map((object) => [object.metadata.uid, object]));
  const others = [...pods, ...listed.values()].filter((object) => isChosen(choice, object));
  const objects = [...coming, ...others];
  return [
    ...missingClassFindings(objects, known, clients.target.name),
    ...defaultClassFindings(objects, observed.target.storageClasses, clients.target.name),
  ];
}
