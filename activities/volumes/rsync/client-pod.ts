import type { KubeObject } from '../../../resources/meta/kube-object.js';
import type { RunRecord, RunVolume } from '../../../resources/run/run-record.js';
import type { Pass, TransferEndpoint } from '../contract.js';
import type { VolumeRun } from '../volume-run.js';
import { clientPodName } from './client-pod-name.js';
import { type HelperRole, helperMetadata } from './helper-metadata.js';
import type { PodIdentity } from './pod-identity.js';
import type { FittedResources } from './pod-resources.js';
import { ioTimeout } from './server-pod.js';
import { transferPod } from './transfer-pod.js';

/** Reads what belongs to others. The volume is mounted read-only. */
const CAPABILITIES = ['DAC_OVERRIDE'];

export const clientRole = (pass: Pass): HelperRole => `rsync-client-${pass}`;

export interface ClientPodOptions {
  pass: Pass;
  /** From 1. */
  attempt: number;
  endpoint: TransferEndpoint;
  identity: PodIdentity;
  resources: FittedResources;
  /** Node of the pod that has the source volume mounted, when no other node may mount it at the same time. */
  node?: string;
  /** Of the application, whose nodes may be the only ones that reach the volume. */
  tolerations?: readonly object[];
}

export function clientPod(volumeRun: VolumeRun, options: ClientPodOptions): KubeObject {
  const { record, volume } = volumeRun;
  const { pass, attempt, endpoint, identity, resources, node, tolerations = [] } = options;
  const { namespace, claim } = volume.source;
  const metadata = helperMetadata(volumeRun, clientRole(pass), namespace);
  return transferPod({
    metadata: { ...metadata, name: clientPodName(volumeRun.run, volume.key, pass, attempt) },
    identity,
    supplementalGroups: record.settings.sourceSupplementalGroups,
    capabilities: CAPABILITIES,
    claim,
    readOnly: true,
    secret: helperMetadata(volumeRun, 'rsync-client', namespace).name,
    image: record.settings.transferImage,
    command: ['transfer-client', pass, ...rsyncOptions(record, volume, pass, identity)],
    env: {
      ENDPOINT_HOST: [endpoint.host, ...(endpoint.otherHosts ?? [])].join(' '),
      ENDPOINT_PORT: String(endpoint.port),
      MAX_SESSIONS: String(record.settings.rsync.backoffLimit + 1),
      PATIENCE_SECONDS: String(record.settings.patience.copy),
      IO_TIMEOUT_SECONDS: String(ioTimeout(volume.verify)),
      ...(volume.allowEmpty && { ALLOW_EMPTY: 'true' }),
    },
    resources,
    restartPolicy: 'Never',
    scratch: true,
    spec: node === undefined ? { ...(tolerations.length > 0 && { tolerations }) } : pinnedTo(node),
  });
}

/** What is added to the options the image's script always gives. */
export function rsyncOptions(
  record: Pick<RunRecord, 'settings' | 'does'>,
  { verify }: Pick<RunVolume, 'verify'>,
  pass: Pass,
  identity: PodIdentity,
): string[] {
  const { bandwidthLimitKiB, extraOptions } = record.settings.rsync;
  // Whole volumes are read for it: only by the last pass before the application starts on the target.
  const isLast = pass === record.does.lastPass;
  return [
    ...(bandwidthLimitKiB ? [`--bwlimit=${bandwidthLimitKiB}`] : []),
    ...(verify && isLast ? ['--checksum'] : []),
    // Only the owner of a directory can set its time.
    ...(identity.root ? [] : ['--omit-dir-times']),
    ...extraOptions,
  ];
}

/** By the scheduler, which says why when it cannot; on a cordoned node too, since the application runs there. */
const pinnedTo = (node: string): Record<string, unknown> => ({
  affinity: {
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: {
        nodeSelectorTerms: [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: [node] }] }],
      },
    },
  },
  tolerations: [{ operator: 'Exists' }],
});
