import type { ClusterClient } from '../../../clusters/cluster-client.js';
import type { KubeObject } from '../../../resources/meta/kube-object.js';
import { parseQuantity } from '../../../resources/meta/quantity.js';
import type { RunSettings } from '../../../resources/run/run-record.js';
import { RECENT, sharedReads } from '../../kit/shared-reads.js';

type Resources = RunSettings['transferPod'];
type Quantities = Record<string, string>;
/** With what LimitRanges ask for beside processor and memory. */
export type FittedResources = { requests: Quantities; limits: Quantities };

interface Limits {
  type: string;
  min?: Quantities;
  max?: Quantities;
  maxLimitRequestRatio?: Quantities;
}

/** The settings' resources, brought into what the namespace's LimitRanges allow a container. */
export async function allowedResources(
  client: ClusterClient,
  namespace: string,
  wanted: Resources,
  signal: AbortSignal,
): Promise<FittedResources> {
  const type = { apiVersion: 'v1', kind: 'LimitRange' };
  const items = await sharedReads(client).list(type, { namespace }, { age: RECENT, signal });
  return fitResources(wanted, items);
}

/**
 * A transfer pod has one container, so that what holds for pods holds for it. Defaults need not be looked at, since all is said that a
 * range speaks of.
 */
export function fitResources(wanted: Resources, limitRanges: readonly KubeObject[]): FittedResources {
  const ranges: Limits[] = limitRanges
    .flatMap(({ spec }) => spec?.limits ?? [])
    .filter(({ type }) => type === 'Container' || type === 'Pod');
  const demanded = ranges.flatMap(({ min, max, maxLimitRequestRatio }) =>
    [min, max, maxLimitRequestRatio].flatMap((quantities) => Object.keys(quantities ?? {})),
  );
  const names = [...new Set(['cpu', 'memory', ...demanded])];
  const requests: Quantities = {};
  const limits: Quantities = {};
  for (const name of names) {
    const mins = ranges.flatMap(({ min }) => min?.[name] ?? []);
    const maxes = ranges.flatMap(({ max }) => max?.[name] ?? []);
    const ratios = ranges.flatMap(({ maxLimitRequestRatio }) => maxLimitRequestRatio?.[name] ?? []).map(parseQuantity);
    const fitted = fitName(name, wanted, { mins, maxes, ratio: Math.min(...ratios) });
    if (!fitted) continue;
    requests[name] = fitted.request;
    limits[name] = fitted.limit;
  }
  return { requests, limits };
}

function fitName(
  name: string,
  wanted: { requests: Partial<Quantities>; limits: Partial<Quantities> },
  { mins, maxes, ratio }: { mins: string[]; maxes: string[]; ratio: number },
): { request: string; limit: string } | undefined {
  const within = (value: string): string => extreme(extreme(value, mins, Math.max), maxes, Math.min);
  // Of what the settings say nothing, as little as is allowed is asked for and as much as is allowed may be used.
  const least = wanted.requests[name] ?? mins[0] ?? maxes[0];
  const most = wanted.limits[name] ?? maxes[0] ?? mins[0];
  if (least === undefined || most === undefined) return undefined;
  const request = within(least);
  const limit = within(most);
  const lowest = parseQuantity(limit) / ratio;
  return { request: parseQuantity(request) < lowest ? quantityOf(name, lowest) : request, limit };
}

/** The next larger quantity that a cluster counts in. */
const quantityOf = (name: string, amount: number): string =>
  name === 'cpu' ? `${Math.ceil(amount * 1_000)}m` : String(Math.ceil(amount));

/** The largest or smallest of quantities, as it was written. */
function extreme(value: string, others: readonly string[], choose: (...numbers: number[]) => number): string {
  return others.reduce<string>(
    (best, other) => (choose(parseQuantity(best), parseQuantity(other)) === parseQuantity(best) ? best : other),
    value,
  );
}
