import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { ensureIdentity, type Identity } from '../machine/certificates.js';
import { answersWell } from '../machine/http.js';
import { ensureService, type Service, waitForService } from '../machine/processes.js';
import { writeIfChanged } from '../machine/state.js';
import type { ClusterContext } from './cluster.js';

export const kubeconfigOf = (folder: string) => join(folder, 'kubeconfig');
export const auditLogOf = (folder: string) => join(folder, 'log', 'audit.log');

/** Database, API server, controllers and scheduler of one cluster; returns when the API server is ready. */
export async function ensureControlPlane(context: ClusterContext): Promise<void> {
  const { place, credentials } = context;
  const identity = await ensureIdentity(place);
  await writeKubeconfig(context, identity);
  const tokens = join(place.folder, 'tokens.csv');
  await writeIfChanged(tokens, `${credentials.adminToken},admin,admin,"system:masters"\n`, 0o600);
  const auditPolicyFile = join(place.folder, 'audit-policy.yaml');
  await writeIfChanged(auditPolicyFile, stringify(auditPolicy));

  const etcd = etcdService(context);
  await ensureService(etcd);
  await waitForService(etcd, () => answersWell(`http://${place.nodeAddress}:2381/health`));

  const apiServer = apiServerService(context, identity, tokens, auditPolicyFile);
  await ensureService(apiServer);
  const ca = await readFile(identity.authority, 'utf8');
  await waitForService(apiServer, () =>
    answersWell(`${place.apiServer}/readyz`, { ca, token: credentials.adminToken }),
  );

  await Promise.all([
    ensureService(controllerManagerService(context, identity)),
    ensureService(schedulerService(context)),
  ]);
}

async function writeKubeconfig({ place, credentials }: ClusterContext, identity: Identity): Promise<void> {
  const authority = (await readFile(identity.authority)).toString('base64');
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: place.name, cluster: { server: place.apiServer, 'certificate-authority-data': authority } }],
    users: [{ name: 'admin', user: { token: credentials.adminToken } }],
    contexts: [{ name: place.name, context: { cluster: place.name, user: 'admin' } }],
    'current-context': place.name,
  };
  await writeIfChanged(kubeconfigOf(place.folder), stringify(config), 0o600);
}

/** Tests count created objects in the log: who wrote what, without contents. */
const auditPolicy = {
  apiVersion: 'audit.k8s.io/v1',
  kind: 'Policy',
  omitStages: ['RequestReceived'],
  rules: [
    { level: 'None', verbs: ['get', 'list', 'watch'] },
    { level: 'None', resources: [{ group: 'coordination.k8s.io', resources: ['leases'] }] },
    {
      level: 'None',
      resources: [
        { group: '', resources: ['events'] },
        { group: 'events.k8s.io', resources: ['events'] },
      ],
    },
    { level: 'Metadata' },
  ],
};

const etcdService = (context: ClusterContext): Service => ({
  ...context.inside('etcd'),
  command: [
    '/usr/bin/etcd',
    `--name=${context.place.name}`,
    `--data-dir=${join(context.place.folder, 'etcd')}`,
    '--listen-client-urls=http://127.0.0.1:2379',
    '--advertise-client-urls=http://127.0.0.1:2379',
    '--listen-peer-urls=http://127.0.0.1:2380',
    // Health alone is offered outside the namespace, where the lab waits for it.
    `--listen-metrics-urls=http://${context.place.nodeAddress}:2381`,
    '--unsafe-no-fsync',
    '--log-level=warn',
  ],
});

const apiServerService = (
  { place, programs, inside }: ClusterContext,
  identity: Identity,
  tokens: string,
  auditPolicyFile: string,
): Service => ({
  ...inside('kube-apiserver'),
  command: [
    join(programs, 'kube-apiserver'),
    '--etcd-servers=http://127.0.0.1:2379',
    '--secure-port=6443',
    '--bind-address=0.0.0.0',
    `--advertise-address=${place.nodeAddress}`,
    `--tls-cert-file=${identity.serverCertificate}`,
    `--tls-private-key-file=${identity.serverKey}`,
    `--client-ca-file=${identity.authority}`,
    `--service-account-key-file=${identity.tokenKey}`,
    `--service-account-signing-key-file=${identity.tokenKey}`,
    '--service-account-issuer=https://kubernetes.default.svc',
    `--token-auth-file=${tokens}`,
    '--authorization-mode=RBAC',
    `--service-cluster-ip-range=${place.serviceSubnet}`,
    '--allow-privileged=true',
    // Node names don't resolve.
    '--kubelet-preferred-address-types=InternalIP',
    `--audit-policy-file=${auditPolicyFile}`,
    `--audit-log-path=${auditLogOf(place.folder)}`,
  ],
});

const controllerManagerService = ({ place, programs, inside }: ClusterContext, identity: Identity): Service => ({
  ...inside('kube-controller-manager'),
  command: [
    join(programs, 'kube-controller-manager'),
    `--kubeconfig=${kubeconfigOf(place.folder)}`,
    `--service-account-private-key-file=${identity.tokenKey}`,
    `--root-ca-file=${identity.authority}`,
    '--use-service-account-credentials=true',
    '--leader-elect=false',
    '--bind-address=127.0.0.1',
  ],
});

const schedulerService = ({ place, programs, inside }: ClusterContext): Service => ({
  ...inside('kube-scheduler'),
  command: [
    join(programs, 'kube-scheduler'),
    `--kubeconfig=${kubeconfigOf(place.folder)}`,
    '--leader-elect=false',
    '--bind-address=127.0.0.1',
  ],
});
