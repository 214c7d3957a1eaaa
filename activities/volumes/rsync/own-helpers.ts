import type { KubeObject } from '../../../resources/meta/kube-object.js';
import { LABELS } from '../../../resources/meta/labels.js';
import { matchesLabels, parseLabelSelector } from '../../../resources/meta/selectors.js';
import type { ClusterSide } from '../../../resources/run/run-record.js';
import { FRESH, sharedReads } from '../../kit/shared-reads.js';
import type { LiveVolumeRun } from '../volume-run.js';
import { type HelperRole, helperLabels, labelSelectorOf } from './helper-metadata.js';

/** Helpers of a volume as they are now: out of those of its run, which are read for all of its volumes that ask. */
export async function ownHelpers(
  live: LiveVolumeRun,
  side: ClusterSide,
  kind: string,
  role?: HelperRole,
): Promise<KubeObject[]> {
  const { run, volume, signal } = live;
  const helpers = await sharedReads(live[side]).list(
    { apiVersion: 'v1', kind },
    { namespace: volume[side].namespace, labelSelector: labelSelectorOf({ [LABELS.helper]: run.uid }) },
    { age: FRESH, signal },
  );
  const labels = parseLabelSelector(labelSelectorOf(helperLabels(live, role)));
  return helpers.filter(({ metadata }) => matchesLabels(labels, metadata.labels));
}

export const ownPods = (live: LiveVolumeRun, side: ClusterSide, role: HelperRole): Promise<KubeObject[]> =>
  ownHelpers(live, side, 'Pod', role);
