import type { ClusterClient } from '../../../clusters/cluster-client.js';
import type { KubeObject } from '../../../resources/meta/kube-object.js';
import { parseQuantity } from '../../../resources/meta/quantity.js';
import type { RunSettings } from '../../../resources/run/run-record.js';

type Resources = RunSettings['transferPod'];
type Quantities = Partial<Record<'cpu' | 'memory', string>>;

/** The settings' resources, brought into what the namespace's LimitRanges allow a container. */
export async function allowedResources(
  client: ClusterClient,
  namespace: string,
  wanted: Resources,
  signal: AbortSignal,
): Promise<Resources> {
  const { items } = await client.list({ apiVersion: 'v1', kind: 'LimitRange' }, { namespace, signal });
  return fitResources(wanted, items);
}

export function fitResources(wanted: Resources, limitRanges: readonly KubeObject[]): Resources {
  const ranges: { type: string; min?: Quantities; max?: Quantities }[] = limitRanges
    .flatMap(({ spec }) => spec?.limits ?? [])
    .filter(({ type }) => type === 'Container' || type === 'Pod');
  const within = (name: 'cpu' | 'memory', value: string): string => {
    const least = extreme(
      value,
      ranges.map(({ min }) => min?.[name]),
      Math.max,
    );
    return extreme(
      least,
      ranges.map(({ max }) => max?.[name]),
      Math.min,
    );
  };
  const both = (quantities: Resources['limits']) => ({
    cpu: within('cpu', quantities.cpu),
    memory: within('memory', quantities.memory),
  });
  return { requests: both(wanted.requests), limits: both(wanted.limits) };
}

/** The largest or smallest of quantities, as it was written. */
function extreme(value: string, others: (string | undefined)[], choose: (...numbers: number[]) => number): string {
  return others.reduce<string>(
    (best, other) =>
      other !== undefined && choose(parseQuantity(best), parseQuantity(other)) !== parseQuantity(best) ? other : best,
    value,
  );
}
