import pLimit from 'p-limit';
import type { ClusterClient } from '../../clusters/cluster-client.js';
import { describeReference, referenceOf } from '../../resources/meta/kube-object.js';
import { differs, onTargetFindings } from '../../resources/plan/on-target.js';
import type { RunRecord, RunWarning } from '../../resources/run/run-record.js';
import { isMadeByCluster } from '../../resources/transforms/left-behind.js';
import { namespaceMapping } from '../../resources/transforms/namespace-references.js';
import { CONCURRENCY } from '../kit/concurrency.js';
import { isMadeByRun } from '../kit/provenance.js';
import { asRunWarnings } from '../kit/run-warnings.js';
import { alreadyThere, type Told } from './told.js';

/** So many are compared; more are named without a look. */
const MOST_COMPARED = 200;

/**
 * What was on the target already and stays as it is. Velero says so of everything that is there, since our labels alone make a difference:
 * what else is the same is not worth a warning.
 */
export async function leftAsTheyAre(
  record: RunRecord,
  clients: { source: ClusterClient; target: ClusterClient },
  warnings: readonly string[],
  signal: AbortSignal,
): Promise<RunWarning[]> {
  const told = alreadyThere(warnings);
  const limited = pLimit(CONCURRENCY.objects);
  const compared = await Promise.all(
    told.slice(0, MOST_COMPARED).map((each) => limited(() => nameIfDiffers(record, clients, each, signal))),
  );
  const unseen = told.slice(MOST_COMPARED).map(describeTold);
  const differing = [...compared.flatMap((name) => name ?? []), ...unseen];
  return asRunWarnings(onTargetFindings({ down: [], running: [], differing }, clients.target.name));
}

async function nameIfDiffers(
  record: RunRecord,
  { source, target }: { source: ClusterClient; target: ClusterClient },
  told: Told,
  signal: AbortSignal,
): Promise<string | undefined> {
  const { type, namespace, name } = told;
  const from = record.namespaces.find((mapping) => mapping.target === namespace)?.source;
  const types = (await target.discover({ signal })).filter(
    ({ kind, resource, group }) => kind === type || resource === type || `${resource}.${group}` === type,
  );
  for (const { apiVersion, kind } of types) {
    const there = await target.get({ apiVersion, kind, namespace, name }, { signal });
    if (!there) continue;
    if (isMadeByRun(there, record) || isMadeByCluster(there)) return undefined;
    const original = await source.get({ apiVersion, kind, namespace: from, name }, { signal });
    const isSame = original && !differs(original, there, namespaceMapping(record.namespaces));
    return isSame ? undefined : describeReference(referenceOf(there));
  }
  return describeTold(told);
}

const describeTold = ({ type, namespace, name }: Told): string => `${type} ${namespace ? `${namespace}/` : ''}${name}`;
