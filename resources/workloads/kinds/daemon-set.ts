import type { KubeObject } from '../../meta/kube-object.js';
import { ANNOTATIONS, QUIESCE_NODE_SELECTOR } from '../../meta/labels.js';
import type { MergePatch } from '../../meta/merge-patch.js';
import type { WorkloadKind } from '../workload-kind.js';

type NodeSelector = Record<string, string>;

const [parkingLabel] = Object.keys(QUIESCE_NODE_SELECTOR) as [keyof typeof QUIESCE_NODE_SELECTOR];

const nodeSelectorOf = (object: KubeObject): NodeSelector => object.spec?.template?.spec?.nodeSelector ?? {};

const withNodeSelector = (nodeSelector: Record<string, string | null> | null): MergePatch => ({
  template: { spec: { nodeSelector } },
});

const cleared = (selector: NodeSelector): Record<string, null> =>
  Object.fromEntries(Object.keys(selector).map((key) => [key, null]));

const isEmpty = (selector: NodeSelector): boolean => Object.keys(selector).length === 0;

/** MTC writes `null` for a DaemonSet without a node selector. */
function parseSelector(saved: string): NodeSelector | undefined {
  try {
    const parsed: unknown = JSON.parse(saved) ?? {};
    const isSelector =
      typeof parsed === 'object' &&
      !Array.isArray(parsed) &&
      Object.values(parsed as object).every((value) => typeof value === 'string');
    return isSelector ? (parsed as NodeSelector) : undefined;
  } catch {
    return undefined;
  }
}

/** Has no number to be set to 0: it is parked on a node selector that no node satisfies. */
export const daemonSet: WorkloadKind = {
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  groupResource: 'daemonsets.apps',
  field: () => ['template', 'spec', 'nodeSelector'],
  annotation: ANNOTATIONS.preQuiesceNodeSelector,
  stands: () => true,
  isHalted: (object) => nodeSelectorOf(object)[parkingLabel] === QUIESCE_NODE_SELECTOR[parkingLabel],
  save: (object) => ({ [ANNOTATIONS.preQuiesceNodeSelector]: JSON.stringify(nodeSelectorOf(object)) }),
  halt: (object) => withNodeSelector({ ...cleared(nodeSelectorOf(object)), ...QUIESCE_NODE_SELECTOR }),
  arrive: [{ patch: withNodeSelector(QUIESCE_NODE_SELECTOR) }],
  resume: ({ [ANNOTATIONS.preQuiesceNodeSelector]: saved = '' }) => {
    const selector = parseSelector(saved);
    return selector && withNodeSelector(isEmpty(selector) ? null : { [parkingLabel]: null, ...selector });
  },
};
