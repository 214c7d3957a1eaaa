import type { PersistentVolumeEntry } from '../../kinds/persistent-volume-entry.js';
import type { ConditionFinding } from '../../meta/conditions.js';
import { warn } from '../../meta/findings.js';
import type { KubeObject } from '../../meta/kube-object.js';
import { parseQuantity } from '../../meta/quantity.js';
import type { RunSettings } from '../../run/run-record.js';
import type { Mapping } from '../mappings.js';

type Resources = RunSettings['transferPod'];

/** Objects that the copy of one volume takes in a namespace of each side. */
const OBJECTS = {
  source: { pods: 1, secrets: 1, services: 0 },
  target: { pods: 1, secrets: 1, services: 1 },
} as const;

/**
 * What quotas leave for the helpers of one copy: with less, no volume of the namespace gets across. Copies that find no room beside
 * others fail by the quota's own words.
 */
export function helperQuotaFindings(
  entries: readonly PersistentVolumeEntry[],
  namespaces: readonly Mapping[],
  quotas: { source: readonly KubeObject[]; target: readonly KubeObject[] },
  resources: Resources,
): ConditionFinding[] {
  const copied = new Set(
    entries.filter(({ selection }) => selection.action === 'copy').map(({ pvc }) => pvc.namespace ?? ''),
  );
  const places = namespaces.filter(({ source }) => copied.has(source));
  const items = (['source', 'target'] as const).flatMap((side) =>
    quotas[side]
      .filter(({ spec }) => !spec?.scopes && !spec?.scopeSelector)
      .filter(({ metadata }) => places.some((place) => place[side] === metadata.namespace))
      .flatMap((quota) => exceeded(quota, side, resources)),
  );
  if (items.length === 0) return [];
  const message =
    'Quotas leave too little for the pods that copy volumes and what belongs to them: []. Raise them, or lower the resources of the transfer pods in MigrationController.';
  return [warn('TargetComputeQuotaExceeded', 'TransferPods', message, items)];
}

function exceeded({ metadata, status }: KubeObject, side: keyof typeof OBJECTS, resources: Resources): string[] {
  return Object.entries<string>(status?.hard ?? {}).flatMap(([key, hard]) => {
    const used: string = status?.used?.[key] ?? '0';
    const needed = need(key, side, resources);
    const fits = parseQuantity(used) + parseQuantity(needed) <= parseQuantity(hard);
    return parseQuantity(needed) === 0 || fits
      ? []
      : [
          `${side}, ${metadata.namespace}/${metadata.name}: ${key} allows ${hard}, ${used} is used, ${needed} more is needed`,
        ];
  });
}

/** `requests.cpu`, or `cpu` for short; `count/pods`, or `pods`; `services.nodeports`. */
function need(key: string, side: keyof typeof OBJECTS, resources: Resources): string {
  if (key === 'services.nodeports') return String(OBJECTS[side].services);
  const [, object] = /^(?:count\/)?(pods|secrets|services)$/.exec(key) ?? [];
  if (object) return String(OBJECTS[side][object as 'pods' | 'secrets' | 'services']);
  const [, kind = 'requests', resource] = /^(?:(requests|limits)\.)?(cpu|memory)$/.exec(key) ?? [];
  return resource ? resources[kind as 'requests' | 'limits'][resource as 'cpu' | 'memory'] : '0';
}
