import { type KubeObject, POD, referenceOf } from '../../../resources/meta/kube-object.js';
import type { ClusterSide } from '../../../resources/run/run-record.js';
import { createOwn, refuseForeign } from '../../kit/create-own.js';
import type { LiveVolumeRun } from '../volume-run.js';
import { helperMetadata } from './helper-metadata.js';
import { ownHelpers } from './own-helpers.js';
import type { WorkloadIdentity } from './pod-identity.js';
import { type KeyPair, makeKeyPair } from './transfer-keys.js';

/** Names of the files in the pods, where the transfer image looks for them. */
const FILES = { certificate: 'tls.crt', privateKey: 'tls.key', peer: 'peer.crt' } as const;

/** On the client's Secret: as whom the application ran when the endpoint was opened. After quiesce no pod tells any more. */
const IDENTITY = 'migration.openshift.io/workload-identity';

/**
 * The Secrets by which server and client of a volume know each other, each with its own key pair and the other's certificate. Those
 * that are there and belong together are kept; otherwise both are made again. A server that holds former keys is removed first: an activity
 * repeated after a crash in between finds either no server, or keys that still do not belong together.
 *
 * @param workload kept with them
 * @returns what is kept with them
 */
export async function ensureTransferSecrets(
  live: LiveVolumeRun,
  workload: WorkloadIdentity | undefined,
): Promise<WorkloadIdentity> {
  const { volume, source, target, signal } = live;
  const server = helperMetadata(live, 'rsync-server', volume.target.namespace);
  const client = clientMetadata(live);
  if (workload) client.annotations = { [IDENTITY]: JSON.stringify(workload) };
  const [serverFound, clientFound] = await Promise.all([
    ownSecret(live, 'target', server.name),
    ownSecret(live, 'source', client.name),
  ]);
  const kept = clientFound ? identityOf(clientFound) : (workload ?? { groups: [] });
  if (serverFound && clientFound && belongTogether(serverFound, clientFound)) return kept;
  // Between two passes there is neither server nor key.
  if (serverFound || clientFound?.data) {
    const pod: KubeObject = { ...POD, metadata: server };
    const there = await target.get(referenceOf(pod), { signal });
    if (there) {
      refuseForeign(target, there, pod);
      await target.remove(referenceOf(pod), { gracePeriodSeconds: 0, uid: there.metadata.uid, signal });
    }
  }

  const [serverPair, clientPair] = await Promise.all([makeKeyPair('rsync-server'), makeKeyPair('rsync-client')]);
  await Promise.all([
    store(target, secret(server, serverPair, clientPair), serverFound),
    store(source, secret(client, clientPair, serverPair), clientFound),
  ]);
  return kept;

  async function store(cluster: LiveVolumeRun['source'], wanted: KubeObject, found: KubeObject | undefined) {
    if (found) await cluster.patch(referenceOf(wanted), { data: wanted.data }, { signal });
    else await createOwn(cluster, wanted, { signal });
  }
}

/**
 * Takes the keys off the client's Secret, which still tells as whom the application ran.
 *
 * @returns the uid of the Secret, if it is there
 */
export async function dropKeys(live: LiveVolumeRun): Promise<string | undefined> {
  const { source, signal } = live;
  const found = await ownSecret(live, 'source', clientMetadata(live).name);
  if (found?.data) await source.patch(referenceOf(found), { data: null }, { signal });
  return found?.metadata.uid;
}

/** As whom the application ran; nothing is known when none of its pods did. */
export async function keptWorkloadIdentity(live: LiveVolumeRun): Promise<WorkloadIdentity> {
  return identityOf(await ownSecret(live, 'source', clientMetadata(live).name));
}

function identityOf(found: KubeObject | undefined): WorkloadIdentity {
  const kept = found?.metadata.annotations?.[IDENTITY];
  return kept ? (JSON.parse(kept) as WorkloadIdentity) : { groups: [] };
}

const ownSecret = async (live: LiveVolumeRun, side: ClusterSide, name: string): Promise<KubeObject | undefined> =>
  (await ownHelpers(live, side, 'Secret')).find(({ metadata }) => metadata.name === name);

const clientMetadata = (live: LiveVolumeRun) => helperMetadata(live, 'rsync-client', live.volume.source.namespace);

const secret = (metadata: KubeObject['metadata'], own?: KeyPair, peer?: KeyPair): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata,
  type: 'Opaque',
  data: own &&
    peer && {
      [FILES.certificate]: base64(own.certificate),
      [FILES.privateKey]: base64(own.privateKey),
      [FILES.peer]: base64(peer.certificate),
    },
});

const belongTogether = (one: KubeObject, other: KubeObject): boolean =>
  one.data?.[FILES.certificate] !== undefined &&
  one.data?.[FILES.certificate] === other.data?.[FILES.peer] &&
  one.data?.[FILES.peer] === other.data?.[FILES.certificate];

const base64 = (text: string): string => Buffer.from(text).toString('base64');
