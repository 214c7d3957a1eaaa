import type { KubeObject } from '../../resources/meta/kube-object.js';
import { LABELS } from '../../resources/meta/labels.js';
import type { RunRef } from '../../resources/run/run-record.js';
import { type ActivityDependencies, clusterOf } from '../kit/dependencies.js';
import { withPulse } from '../kit/pulse.js';
import { bringDown } from './bring-down.js';
import { listWorkloads, targetNamespaces } from './list-workloads.js';
import { keepersOf } from './pods-of.js';
import { pauseScalers, restoredScalers } from './restored-scalers.js';

export async function confirmTargetDown(deps: ActivityDependencies, { run }: { run: RunRef }): Promise<void> {
  const record = await deps.store.runs.record(run);
  const client = await clusterOf(deps, record, 'target', 'back');
  const namespaces = targetNamespaces(record);
  const wait = {
    waitingFor: 'the last pod of the restored applications to end',
    where: `cluster ${client.name}, namespaces ${namespaces.join(', ')}`,
    patienceSeconds: record.settings.patience.quiesce,
    next: 'Find out why the pods named here do not end; where an operator keeps them for a restored custom resource, pause it or delete that resource on the target. The source is not started while they run.',
  };
  await withPulse(wait, async (pulse) => {
    const { signal } = pulse;
    const isRestored = ({ metadata }: KubeObject): boolean =>
      metadata.labels?.[LABELS.migratedByPlan] === record.plan.uid;
    const keepers = keepersOf(client, { signal });
    // An operator may have made workloads and pods for a custom resource as soon as that was restored.
    const isKept = async (object: KubeObject): Promise<boolean> => {
      for await (const { read } of keepers(object)) {
        const keeper = await read();
        if (keeper && isRestored(keeper)) return true;
      }
      return false;
    };
    const workloads: KubeObject[] = [];
    for (const object of await listWorkloads(client, { namespaces, signal })) {
      if (isRestored(object) || (await isKept(object))) workloads.push(object);
    }
    // What is scaled down while KEDA may start it would not stay down.
    await pauseScalers(client, await restoredScalers(client, record, signal), { signal });
    await bringDown(client, { planUid: record.plan.uid, run, namespaces, workloads, isConcerned: isKept }, pulse);
  });
}
