import type { ConditionFinding } from '../meta/conditions.js';
import { warn } from '../meta/findings.js';
import type { KubeObject } from '../meta/kube-object.js';
import { parseQuantity } from '../meta/quantity.js';
import { podSpecOf } from '../workloads/claim-references.js';
import { willRun } from '../workloads/pods-to-come.js';

/** A workload that comes to the target. */
interface Arriving {
  /** Target namespace. */
  namespace: string;
  workload: KubeObject;
}

/**
 * What the quotas of target namespaces leave for the pods that start there, as sentences. Quotas with scopes are left out: which pods
 * they count is known only when the pods are there.
 *
 * @param arriving workloads of the source that are not on the target yet
 */
export function computeQuotaProblems(quotas: readonly KubeObject[], arriving: readonly Arriving[]): string[] {
  return quotas
    .filter(({ spec }) => !spec?.scopes && !spec?.scopeSelector)
    .flatMap((quota) => {
      const { namespace = '', name } = quota.metadata;
      const workloads = arriving.filter((candidate) => candidate.namespace === namespace);
      return Object.entries<string>(quota.status?.hard ?? {}).flatMap(([key, hard]) => {
        const needed = workloads.reduce((sum, { workload }) => sum + need(key, workload), 0);
        const used: string = quota.status?.used?.[key] ?? '0';
        const exceeds = needed > 0 && parseQuantity(used) + needed > parseQuantity(hard) * (1 + ROUNDING);
        return exceeds
          ? [`${namespace}/${name}: ${key} allows ${hard}, ${used} is used, ${amountOf(key, needed)} more is needed`]
          : [];
      });
    });
}

export function computeQuotaFindings(quotas: readonly KubeObject[], arriving: readonly Arriving[]): ConditionFinding[] {
  const items = computeQuotaProblems(quotas, arriving);
  if (items.length === 0) return [];
  const message =
    'Quotas on the target leave too little for the pods that start there: []. A cutover is refused before it halts anything; raise them first.';
  return [warn('TargetComputeQuotaExceeded', 'Exceeded', message, items)];
}

/** Sums of binary fractions. */
const ROUNDING = 1e-9;
const amountOf = (key: string, value: number): string =>
  /memory|storage/.test(key) ? `${Math.ceil(value / 2 ** 20)}Mi` : String(Number(value.toPrecision(6)));

/** `requests.cpu`, or `cpu` for short; `limits.memory`; `pods`. */
function need(key: string, workload: KubeObject): number {
  const pods = willRun(workload);
  if (key === 'pods' || key === 'count/pods') return pods;
  const [, kind = 'requests', resource] = /^(?:(requests|limits)\.)?(cpu|memory|ephemeral-storage)$/.exec(key) ?? [];
  return resource === undefined ? 0 : pods * ofOnePod(podSpecOf(workload), kind as 'requests' | 'limits', resource);
}

interface Container {
  restartPolicy?: string;
  resources?: Record<'requests' | 'limits', Record<string, string> | undefined>;
}

/** Containers run together; init containers before them one by one, but for sidecars. Requests are the limits where none are set. */
function ofOnePod(spec: KubeObject['spec'], kind: 'requests' | 'limits', resource: string): number {
  const amount = ({ resources }: Container): number =>
    parseQuantity(resources?.[kind]?.[resource] ?? resources?.limits?.[resource] ?? 0);
  const sum = (containers: Container[]): number => containers.reduce((total, each) => total + amount(each), 0);
  const inits: Container[] = spec?.initContainers ?? [];
  const sidecars = sum(inits.filter(({ restartPolicy }) => restartPolicy === 'Always'));
  const together = sum(spec?.containers ?? []) + sidecars;
  const before = inits.filter(({ restartPolicy }) => restartPolicy !== 'Always').map(amount);
  return Math.max(together, ...before.map((each) => each + sidecars)) + parseQuantity(spec?.overhead?.[resource] ?? 0);
}
