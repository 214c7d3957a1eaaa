import type { KubeObject } from '../../meta/kube-object.js';
import { ANNOTATIONS } from '../../meta/labels.js';
import type { WorkloadKind } from '../workload-kind.js';

/** Strategies under which a machine that does not run now is not started by its controller. */
const RESTS_WHEN_STOPPED = ['Manual', 'RerunOnFailure', 'Once', 'WaitAsReceiver'];
/** Strategies under which a machine that is created again starts by itself. */
const STARTS_BY_ITSELF = ['Always', 'RerunOnFailure', 'Once', 'WaitAsReceiver'];
const HALTED = 'Halted';

/** Its instance, and with it its pod, is there and has not ended by itself. */
const hasInstance = ({ status }: KubeObject): boolean =>
  status?.created === true && status?.printableStatus !== 'Stopped';

const strategyOf = ({ spec }: KubeObject): string | undefined => spec?.runStrategy;

/**
 * A KubeVirt machine has `runStrategy` or the older `running`, never both. It is halted by that field, in the one patch that also saves
 * it: MTC calls the subresource `stop` instead, which comes to the same patch under `Always`, but under the other strategies asks for
 * one stop only and leaves the way open to the next start. Its controller shuts the guest down in the same way in both cases.
 *
 * Back under `Manual` nothing starts a machine but the subresource `start`; the other strategies do when they replace `Halted`. So one
 * that its owner stopped under another strategy than `Manual` is not touched on the source, and arrives `Halted` on the target.
 */
export const virtualMachine: WorkloadKind = {
  apiVersion: 'kubevirt.io/v1',
  kind: 'VirtualMachine',
  groupResource: 'virtualmachines.kubevirt.io',
  field: (object) => [strategyOf(object) === undefined ? 'running' : 'runStrategy'],
  annotation: ANNOTATIONS.vmRunStrategy,
  stands: () => true,
  isHalted: (object) => {
    const strategy = strategyOf(object);
    if (strategy === undefined) return object.spec?.running !== true;
    return strategy === HALTED || (RESTS_WHEN_STOPPED.includes(strategy) && !hasInstance(object));
  },
  save: (object) => {
    const strategy = strategyOf(object);
    return { ...(strategy && { [ANNOTATIONS.vmRunStrategy]: strategy }), [ANNOTATIONS.startVm]: 'true' };
  },
  halt: (object) => (strategyOf(object) === undefined ? { running: false } : { runStrategy: HALTED }),
  arrive: [
    { where: { field: 'running', value: 'true' }, patch: { running: false } },
    ...STARTS_BY_ITSELF.map((value) => ({
      where: { field: 'runStrategy', value },
      patch: { runStrategy: HALTED },
    })),
  ],
  resume: ({ [ANNOTATIONS.vmRunStrategy]: strategy, [ANNOTATIONS.startVm]: start }) => {
    if (strategy === undefined) return start === 'true' ? { running: true } : undefined;
    return ['Manual', ...STARTS_BY_ITSELF].includes(strategy) ? { runStrategy: strategy } : undefined;
  },
  finish: ({ [ANNOTATIONS.vmRunStrategy]: strategy, [ANNOTATIONS.startVm]: start }, object) =>
    strategy === 'Manual' && start === 'true' && !(strategyOf(object) === 'Manual' && hasInstance(object))
      ? {
          waitsFor: 'its former instance to end, before it is started',
          isDue: ({ status }) => status?.created !== true,
          call: { group: 'subresources.kubevirt.io', version: 'v1', plural: 'virtualmachines', subresource: 'start' },
        }
      : undefined,
};
