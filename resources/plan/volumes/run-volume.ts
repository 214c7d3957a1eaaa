import type { PersistentVolumeEntry } from '../../kinds/persistent-volume-entry.js';
import { shortHash } from '../../run/names.js';
import type { RunVolume } from '../../run/run-record.js';
import { type Mapping, parseMapping } from '../mappings.js';
import { targetSize } from './target-size.js';

/** What a run copies of an entry of the plan's list. */
export function runVolume(entry: PersistentVolumeEntry, namespaces: readonly Mapping[]): RunVolume {
  const { pvc = {}, selection = {} } = entry;
  const namespace = pvc.namespace ?? '';
  const claim = parseMapping(pvc.name ?? '');
  const id = `${namespace}/${claim.source}`;
  const chosenMode = selection.accessMode && selection.accessMode !== 'auto' ? selection.accessMode : undefined;
  return {
    id,
    key: shortHash(id),
    persistentVolume: entry.name,
    source: { namespace, claim: claim.source },
    target: {
      namespace: namespaces.find(({ source }) => source === namespace)?.target ?? namespace,
      claim: claim.target,
      storageClass: selection.storageClass ?? '',
      accessModes: chosenMode ? [chosenMode] : (pvc.accessModes ?? []),
      volumeMode: 'Filesystem',
      size: targetSize(entry),
    },
    mover: { name: 'rsync' },
    verify: selection.verify === true,
    allowOverwrite: selection.allowOverwrite === true,
    ...(selection.allowEmpty && { allowEmpty: true }),
  };
}
