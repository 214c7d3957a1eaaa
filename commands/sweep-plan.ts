import type { ClusterClient } from '../clusters/cluster-client.js';
import { KubernetesApiError } from '../clusters/kubernetes-api-error.js';
import { waitForObject } from '../clusters/wait-for.js';
import { sweepsRequested } from '../resources/kinds/sweep-request.js';
import type { KubeObject } from '../resources/meta/kube-object.js';
import { API_VERSION, GROUP, VERSION } from '../resources/meta/labels.js';

/** How the program ends; scripts decide by it. */
export const SWEEP_EXIT = {
  /** All that ended migrations had left is removed. */
  clean: 0,
  /** The sweep was made, and something stays. */
  left: 1,
  /** It was not asked for: no such plan, refused, no answer, wrong options. */
  notAsked: 2,
  /** It was asked for and has not ended in time; it continues. */
  notEnded: 3,
} as const;
export type SweepExit = (typeof SWEEP_EXIT)[keyof typeof SWEEP_EXIT];

interface Sweeping {
  namespace: string;
  plan: string;
  timeoutSeconds: number;
  /** For what was removed. */
  print: (line: string) => void;
  /** For what was not, and why. */
  complain: (line: string) => void;
}

/** Asks the service to sweep a plan as any client may, and tells what came of it. */
export async function sweepPlan(service: ClusterClient, sweeping: Sweeping): Promise<SweepExit> {
  const { namespace, plan, timeoutSeconds, print, complain } = sweeping;
  const title = `MigPlan ${namespace}/${plan}`;
  const signal = AbortSignal.timeout(timeoutSeconds * 1_000);
  let asked = false;
  try {
    const path = `/apis/${GROUP}/${VERSION}/namespaces/${namespace}/migplans/${plan}/sweep`;
    const requested = (await service.request('POST', path, { signal })) as KubeObject;
    asked = true;
    const swept = await untilSwept(service, requested, signal);
    return tell(title, swept.status.lastSweep, print, complain);
  } catch (error) {
    if (signal.aborted && asked) {
      complain(
        `The sweep of ${title} has not ended within ${timeoutSeconds} s. It continues: its plan's status.lastSweep tells what comes of it.`,
      );
      return SWEEP_EXIT.notEnded;
    }
    complain(whyNot(error, title, signal.aborted && timeoutSeconds));
    return asked ? SWEEP_EXIT.notEnded : SWEEP_EXIT.notAsked;
  }
}

const untilSwept = (service: ClusterClient, requested: KubeObject, signal: AbortSignal): Promise<KubeObject> => {
  const { namespace, name, uid } = requested.metadata;
  const isSwept = ({ status }: KubeObject): boolean => (status?.lastSweep?.request ?? 0) >= sweepsRequested(requested);
  return waitForObject(service, { apiVersion: API_VERSION, kind: 'MigPlan', namespace, name }, isSwept, {
    signal,
    onChange: (plan) => {
      if (plan?.metadata.uid !== uid || plan?.metadata.deletionTimestamp) throw new PlanGone();
    },
  });
};

class PlanGone extends Error {}

function tell(
  title: string,
  { removed, errors = [] }: { removed: number; errors?: string[] },
  print: (line: string) => void,
  complain: (line: string) => void,
): SweepExit {
  print(`${title}: ${removed} objects that ended migrations had left were removed.`);
  if (errors.length === 0) return SWEEP_EXIT.clean;
  complain('Left, until another sweep can remove it:');
  for (const line of errors) complain(`  ${line}`);
  return SWEEP_EXIT.left;
}

function whyNot(error: unknown, title: string, timeout: number | false): string {
  if (error instanceof PlanGone) {
    return `${title} is being deleted, which removes what its migrations left; an Event LeftBehind tells what stays.`;
  }
  if (error instanceof KubernetesApiError && error.code === 401) {
    return `${title} was not swept: the API of the migration service refuses the token of the kubeconfig. Take the one that the service wrote.`;
  }
  if (timeout) return `${title} was not swept: the API of the migration service did not answer within ${timeout} s.`;
  return `${title} was not swept: ${error instanceof Error ? error.message : String(error)}`;
}
