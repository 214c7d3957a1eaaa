import type { ObjectMeta } from '../../../resources/meta/kube-object.js';
import { LABELS, PART_OF, TRANSFER_POD_LABELS } from '../../../resources/meta/labels.js';
import { helperName } from '../../../resources/run/names.js';
import type { RunVolume } from '../../../resources/run/run-record.js';
import type { VolumeRun } from '../volume-run.js';

/** What a helper object does for a volume; each pass has clients of its own. */
export type HelperRole = 'rsync-server' | 'rsync-client' | 'rsync-client-pre-copy' | 'rsync-client-final';

type Owner = Pick<VolumeRun, 'run'> & { volume: Pick<RunVolume, 'key'> };

/** Labels all helpers of a volume share, and a role's own with `role`. */
export const helperLabels = ({ run, volume }: Owner, role?: HelperRole): Record<string, string> => ({
  [LABELS.helper]: run.uid,
  [LABELS.helperVolume]: volume.key,
  ...(role && { [LABELS.helperRole]: role }),
});

export const labelSelectorOf = (labels: Record<string, string>): string =>
  Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(',');

export const helperMetadata = (owner: Owner, role: HelperRole, namespace: string): ObjectMeta => ({
  name: helperName(owner.run, role, owner.volume.key),
  namespace,
  labels: { ...helperLabels(owner, role), ...TRANSFER_POD_LABELS, [LABELS.partOf]: PART_OF },
});
