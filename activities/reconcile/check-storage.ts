import type { StorageAccess } from '../../object-storage/object-store.js';
import { probeStorage } from '../../object-storage/probe.js';
import type { MigStorage } from '../../resources/kinds/mig-storage.js';
import { CATEGORY, type ConditionFinding } from '../../resources/meta/conditions.js';
import { StepFailure } from '../../resources/meta/failure.js';
import { critical } from '../../resources/meta/findings.js';
import { insecureFindings } from '../../resources/meta/insecure-findings.js';
import type { CheckOutcome, ObjectInput } from '../../temporal/contract/inputs.js';
import type { ActivityDependencies } from '../kit/dependencies.js';
import { CredentialForOtherAddress } from '../kit/stored-credential.js';
import { checkObject } from '../records/check-object.js';
import { readStorageAccess } from '../records/storage-access.js';
import { readStoredSettings } from '../records/stored-settings.js';
import { storageSettingProblems } from './storage-settings.js';

const FIELDS = {
  insecureField: 'spec.backupStorageConfig.insecure',
  urlField: 'spec.backupStorageConfig.awsS3Url',
  caField: 'spec.backupStorageConfig.s3CustomCABundle',
};

/** In MTC's list of providers, but without an adapter here so far. */
const PROVIDERS_TO_COME = ['azure', 'gcp'];

export const checkStorage = (deps: ActivityDependencies, input: ObjectInput): Promise<CheckOutcome> =>
  checkObject<MigStorage>(deps.store, 'MigStorage', input, async (storage) => ({
    findings: [...(await inspectBackupStorage(deps, storage)), ...(await inspectSnapshots(deps, storage))],
  }));

async function inspectBackupStorage(deps: ActivityDependencies, storage: MigStorage): Promise<ConditionFinding[]> {
  const { name, uid = '' } = storage.metadata;
  const { backupStorageProvider: provider, backupStorageConfig } = storage.spec;
  if (provider !== 'aws') return [providerFinding(name, provider)];

  let access: StorageAccess | undefined;
  try {
    access = await readStorageAccess(deps, storage, { untried: true });
  } catch (error) {
    if (!(error instanceof CredentialForOtherAddress)) throw error;
    return [critical('CredentialsNotForThisAddress', 'AddressChanged', error.message)];
  }
  if (!access) {
    const field = 'spec.backupStorageConfig.credsSecretRef';
    return [missingSecret('InvalidBackupStorageCredsSecretRef', field, name, backupStorageConfig.credsSecretRef)];
  }
  const problems = storageSettingProblems(storage.spec, access.credentials);
  if (problems.length > 0) {
    const message = `Settings of MigStorage ${name} in spec.backupStorageConfig cannot be right: []. Correct them.`;
    return [critical('InvalidBackupStorageSettings', 'NotSupported', message, problems)];
  }
  const { insecure, awsS3Url: url } = backupStorageConfig;
  const { settings } = await readStoredSettings(deps);
  const findings = insecureFindings({ insecure, url }, FIELDS, settings.insecureForbidden);
  // What is forbidden is not tried: it would send the request's signature.
  if (findings.some(({ category }) => category === CATEGORY.Critical)) return findings;
  try {
    await probeStorage(access, uid);
    // They were right here: from now on they go nowhere else.
    await readStorageAccess(deps, storage);
    return findings;
  } catch (error) {
    if (!(error instanceof StepFailure)) throw error;
    return [...findings, critical('BackupStorageProviderTestFailed', 'TestFailed', error.message)];
  }
}

/** Snapshots are not made yet; what is said about them is checked all the same, so that MTC's manifests mean what they meant. */
async function inspectSnapshots(deps: ActivityDependencies, storage: MigStorage): Promise<ConditionFinding[]> {
  const { volumeSnapshotProvider, volumeSnapshotConfig } = storage.spec;
  if (!volumeSnapshotProvider) return [];
  const ref = volumeSnapshotConfig?.credsSecretRef;
  if (ref && (await deps.store.secrets.read(ref.namespace, ref.name))) return [];
  const field = 'spec.volumeSnapshotConfig.credsSecretRef';
  return [missingSecret('InvalidVolumeSnapshotCredsSecretRef', field, storage.metadata.name, ref)];
}

function providerFinding(name: string, provider: string | undefined): ConditionFinding {
  if (provider && PROVIDERS_TO_COME.includes(provider)) {
    return critical(
      'NotYetSupported',
      'Provider',
      `spec.backupStorageProvider ${provider} of MigStorage ${name} is not supported yet. Use aws, which is every store that speaks S3.`,
    );
  }
  return critical(
    'InvalidBackupStorageProvider',
    provider ? 'NotSupported' : 'NotSet',
    `spec.backupStorageProvider of MigStorage ${name} is ${provider ?? 'not set'}. Set it to aws, which is every store that speaks S3.`,
  );
}

const missingSecret = (
  type: 'InvalidBackupStorageCredsSecretRef' | 'InvalidVolumeSnapshotCredsSecretRef',
  field: string,
  name: string,
  ref: { namespace: string; name: string } | undefined,
): ConditionFinding =>
  ref
    ? critical(type, 'NotFound', `There is no Secret ${ref.namespace}/${ref.name}, which ${field} names. Create it.`)
    : critical(type, 'NotSet', `MigStorage ${name} has no ${field}. Name the Secret with the credentials.`);
