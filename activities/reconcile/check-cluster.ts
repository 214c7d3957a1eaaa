import { InvalidClusterAccess } from '../../clusters/cluster-access.js';
import type { ClusterClient } from '../../clusters/cluster-client.js';
import { isClusterFault } from '../../clusters/cluster-fault.js';
import { isOtherServerKey } from '../../clusters/kubernetes-api-error.js';
import { describeRight, missingRights } from '../../clusters/rights.js';
import type { MigCluster } from '../../resources/kinds/mig-cluster.js';
import { CATEGORY, type ConditionFinding } from '../../resources/meta/conditions.js';
import { critical } from '../../resources/meta/findings.js';
import { insecureFindings } from '../../resources/meta/insecure-findings.js';
import { hasUserInfo } from '../../resources/meta/user-info.js';
import type { CheckOutcome, ObjectInput } from '../../temporal/contract/inputs.js';
import { TOKEN_KEY } from '../kit/cluster-connections.js';
import type { ActivityDependencies } from '../kit/dependencies.js';
import { CredentialForOtherAddress } from '../kit/stored-credential.js';
import { checkObject, type Inspection } from '../records/check-object.js';
import { readStoredSettings } from '../records/stored-settings.js';

/** Older ones lack fields of pods and claims that this system uses, and are no longer maintained. */
const OLDEST_MINOR = 27;

export const checkCluster = (deps: ActivityDependencies, input: ObjectInput): Promise<CheckOutcome> =>
  checkObject<MigCluster>(deps.store, 'MigCluster', input, (cluster) => inspectCluster(deps, cluster));

const FIELDS = { insecureField: 'spec.insecure', urlField: 'spec.url', caField: 'spec.caBundle' };

/** Address, credentials, connection, version, rights: later questions make no sense while an earlier one is open. */
async function inspectCluster(deps: ActivityDependencies, cluster: MigCluster): Promise<Inspection> {
  const { settings } = await readStoredSettings(deps);
  const insecure = cluster.spec.isHostCluster
    ? []
    : insecureFindings({ insecure: cluster.spec.insecure }, FIELDS, settings.insecureForbidden);
  // What is forbidden is not tried: it would send the token.
  if (insecure.some(({ category }) => category === CATEGORY.Critical)) return { findings: insecure };
  const groups = [() => inspectUrl(cluster), () => inspectSecret(deps, cluster), () => inspectAccess(deps, cluster)];
  for (const group of groups) {
    const finding = await group();
    if (finding) return { findings: [...insecure, finding] };
  }
  try {
    const clusterUid = await readClusterUid(deps, cluster);
    return { findings: insecure, status: { registryPath: cluster.spec.exposedRegistryPath, clusterUid } };
  } catch (error) {
    return { findings: [...insecure, connectionFinding(error)] };
  }
}

/** Tells whether two MigClusters are one cluster. */
async function readClusterUid(
  { clusters }: ActivityDependencies,
  { metadata }: MigCluster,
): Promise<string | undefined> {
  const client = await clusters.connect({ namespace: metadata.namespace ?? '', name: metadata.name });
  const system = await client.get({ apiVersion: 'v1', kind: 'Namespace', name: 'kube-system' });
  return system?.metadata.uid;
}

function inspectUrl({ metadata, spec }: MigCluster): ConditionFinding | undefined {
  if (spec.isHostCluster) return undefined;
  const invalid = (reason: string, message: string) => critical('InvalidURL', reason, message);
  if (!spec.url) {
    return invalid('NotSet', `MigCluster ${metadata.name} has no spec.url. Set it to the address of the API server.`);
  }
  if (hasUserInfo(spec.url)) {
    const message = `spec.url of MigCluster ${metadata.name} holds a user name or password. Remove what stands before the @.`;
    return invalid('UserInfo', message);
  }
  const url = URL.parse(spec.url);
  if (!url?.hostname) {
    return invalid('Malformed', `spec.url "${spec.url}" is not a URL. Write it like https://api.example.com:6443.`);
  }
  if (url.protocol !== 'https:') {
    return invalid(
      'InvalidScheme',
      `spec.url "${spec.url}" does not begin with https://. Anything else would send the token readable.`,
    );
  }
  return undefined;
}

async function inspectSecret(
  { store }: ActivityDependencies,
  { metadata, spec }: MigCluster,
): Promise<ConditionFinding | undefined> {
  if (spec.isHostCluster) return undefined;
  const ref = spec.serviceAccountSecretRef;
  if (!ref) {
    return critical(
      'InvalidSaSecretRef',
      'NotSet',
      `MigCluster ${metadata.name} has no spec.serviceAccountSecretRef. Name the Secret that holds the cluster's token.`,
    );
  }
  const secret = await store.secrets.read(ref.namespace, ref.name);
  if (!secret) {
    return critical(
      'InvalidSaSecretRef',
      'NotFound',
      `There is no Secret ${ref.namespace}/${ref.name}, which spec.serviceAccountSecretRef names. Create it with the cluster's token in key ${TOKEN_KEY}.`,
    );
  }
  const token = secret.values[TOKEN_KEY];
  if (token?.toString('utf8').trim()) return undefined;
  return critical(
    'InvalidSaToken',
    token ? 'NotSet' : 'NotFound',
    `Key ${TOKEN_KEY} of Secret ${ref.namespace}/${ref.name} is ${token ? 'empty' : 'missing'}. Put the token of the cluster's service account there, base64-encoded once.`,
  );
}

async function inspectAccess(deps: ActivityDependencies, cluster: MigCluster): Promise<ConditionFinding | undefined> {
  const { namespace = '', name } = cluster.metadata;
  try {
    const client = await deps.clusters.connect({ namespace, name });
    return (await inspectVersion(client)) ?? (await inspectRights(client));
  } catch (error) {
    return connectionFinding(error);
  }
}

async function inspectVersion(client: ClusterClient): Promise<ConditionFinding | undefined> {
  const { major, minor, gitVersion } = await client.version();
  if (major > 1 || minor >= OLDEST_MINOR) return undefined;
  return critical(
    'ClusterVersionNotSupported',
    'TooOld',
    `Cluster ${client.name} runs Kubernetes ${gitVersion}; 1.${OLDEST_MINOR} is the oldest that can be used. Upgrade it.`,
  );
}

async function inspectRights(client: ClusterClient): Promise<ConditionFinding | undefined> {
  const missing = await missingRights(client);
  if (missing.length === 0) return undefined;
  return critical(
    'SaTokenNotPrivileged',
    'Unauthorized',
    `The service account of cluster ${client.name} lacks rights: []. Run \`npm run prepare-cluster\` against the cluster, which grants exactly what is needed.`,
    missing.map(describeRight),
  );
}

/** Whatever else goes wrong, such as an absent database, is not the cluster's fault and is thrown. */
function connectionFinding(error: unknown): ConditionFinding {
  if (error instanceof InvalidClusterAccess && error.field === 'saToken') {
    return critical('InvalidSaToken', 'Malformed', error.message);
  }
  if (error instanceof CredentialForOtherAddress) {
    return critical('CredentialsNotForThisAddress', 'AddressChanged', error.message);
  }
  if (isOtherServerKey(error)) {
    return critical('CredentialsNotForThisAddress', 'ServerKeyChanged', (error as Error).message);
  }
  if (isClusterFault(error)) {
    return critical('TestConnectFailed', 'ConnectFailed', error.message);
  }
  throw error;
}
