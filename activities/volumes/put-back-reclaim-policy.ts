import type { CallOptions, ClusterClient } from '../../clusters/cluster-client.js';
import type { KubeObject } from '../../resources/meta/kube-object.js';
import { ANNOTATIONS } from '../../resources/meta/labels.js';
import { patchNewest } from '../kit/patch-newest.js';

/**
 * Gives a PersistentVolume the reclaim policy it had before a run set it to Retain.
 *
 * @param options.keepAnnotations leaves the note of that policy on it
 *
 * @returns the patched volume; undefined when no policy is noted on it, or it is gone
 */
export const putBackReclaimPolicy = (
  client: ClusterClient,
  volume: KubeObject,
  { keepAnnotations, ...options }: CallOptions & { keepAnnotations?: boolean },
): Promise<KubeObject | undefined> =>
  patchNewest(
    client,
    volume,
    ({ metadata, spec }) => {
      const original = metadata.annotations?.[ANNOTATIONS.originalReclaimPolicy];
      if (!original || (keepAnnotations && spec?.persistentVolumeReclaimPolicy === original)) return undefined;
      return {
        metadata: {
          resourceVersion: metadata.resourceVersion,
          ...(!keepAnnotations && { annotations: { [ANNOTATIONS.originalReclaimPolicy]: null } }),
        },
        spec: { persistentVolumeReclaimPolicy: original },
      };
    },
    options,
  );
