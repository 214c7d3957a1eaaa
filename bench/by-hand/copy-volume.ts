import { type KeyPair, makeKeyPair } from '../../activities/volumes/rsync/transfer-keys.js';
import type { Kubectl } from '../../lab/client/kubectl.js';
import { emptyClaim } from '../source-volumes.js';
import { clientPod, SERVER_PORT, serverPod, type TransferPod } from './transfer-pods.js';

export interface Copy {
  source: Kubectl;
  target: Kubectl;
  image: string;
  /** Address of a node of the target. */
  host: string;
  claim: string;
  from: string;
  /** Namespace that is made for it. */
  to: string;
}

const NAME = 'by-hand';

/**
 * Copies a volume as a careful person does with kubectl: claim, secret, service and server pod on the target, secret and client pod on
 * the source, rsync in TLS 1.3 through a NodePort. What does not depend on one another is done side by side, every wait is a watch.
 *
 * @returns seconds from rsync's start to its end
 */
export async function copyVolume({ source, target, image, host, claim, from, to }: Copy): Promise<number> {
  const [server, client] = await Promise.all([makeKeyPair('server'), makeKeyPair('client')]);
  await Promise.all([
    target.apply(
      list(
        { apiVersion: 'v1', kind: 'Namespace', metadata: { name: to } },
        emptyClaim(to, claim),
        keys(to, server, client),
        service(to),
      ),
    ),
    source.apply(list(keys(from, client, server))),
  ]);
  const pod = { name: NAME, claim, image };
  await Promise.all([
    startServer(target, { ...pod, namespace: to }),
    nodePort(target, to).then((port) =>
      source.apply(list(clientPod({ ...pod, namespace: from, server: `${host}:${port}` }))),
    ),
  ]);
  await source.run(['-n', from, 'wait', `pod/${NAME}`, '--for=jsonpath={.status.phase}=Succeeded', '--timeout=300s']);
  const log = await source.run(['-n', from, 'logs', NAME]);
  await Promise.all([
    target.run(['-n', to, 'delete', `pod/${NAME}`, `service/${NAME}`, `secret/${NAME}`]),
    source.run(['-n', from, 'delete', `pod/${NAME}`, `secret/${NAME}`]),
  ]);
  return Number(log.split('\n').at(-1));
}

/** A new namespace has its service account a moment later, and no pod before. */
async function startServer(target: Kubectl, pod: TransferPod): Promise<void> {
  await target.run(['-n', pod.namespace, 'wait', '--for=create', 'serviceaccount/default', '--timeout=60s']);
  await target.apply(list(serverPod(pod)));
}

const nodePort = (target: Kubectl, namespace: string): Promise<string> =>
  target.run(['-n', namespace, 'get', 'service', NAME, '-o', 'jsonpath={.spec.ports[0].nodePort}']);

const list = (...items: object[]): string => JSON.stringify({ apiVersion: 'v1', kind: 'List', items });

const keys = (namespace: string, own: KeyPair, peer: KeyPair) => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: NAME, namespace },
  stringData: { 'own.pem': own.privateKey + own.certificate, 'peer.pem': peer.certificate },
});

const service = (namespace: string) => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: NAME, namespace },
  spec: { type: 'NodePort', selector: { app: NAME }, ports: [{ port: SERVER_PORT }] },
});

/** Address of a node, which whoever works by hand knows. */
export const nodeAddressOf = (cluster: Kubectl): Promise<string> =>
  cluster.run(['get', 'nodes', '-o', 'jsonpath={.items[0].status.addresses[?(@.type=="InternalIP")].address}']);
