import type { KubeObject } from '../../resources/meta/kube-object.js';
import { LABELS } from '../../resources/meta/labels.js';
import type { RunRecord, RunVolume } from '../../resources/run/run-record.js';
import { provenanceLabels } from '../kit/provenance.js';

/**
 * The claim a volume is copied into: labels of the source's (but for the mark of a former conversion), everything else as the plan says. What binds a claim to one cluster's
 * volumes (volume name, data source, selector, attributes class, annotations of the binder) stays behind.
 */
export function targetClaim(original: KubeObject, { target }: RunVolume, record: RunRecord): KubeObject {
  const { [LABELS.conversionSource]: _, ...labels } = original.metadata.labels ?? {};
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: {
      name: target.claim,
      namespace: target.namespace,
      labels: { ...labels, ...provenanceLabels(record) },
    },
    spec: {
      // Empty means the cluster's default class, which the field's absence asks for; '' would ask for no class.
      ...(target.storageClass && { storageClassName: target.storageClass }),
      accessModes: target.accessModes,
      volumeMode: target.volumeMode,
      resources: { requests: { storage: target.size } },
    },
  };
}
