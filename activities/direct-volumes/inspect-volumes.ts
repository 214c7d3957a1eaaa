import { claimListFindings, targetOf } from '../../resources/direct-volumes/claim-list.js';
import { volumeFindings, volumesToCopy } from '../../resources/direct-volumes/volumes.js';
import type { DirectVolumeMigration } from '../../resources/kinds/direct-volume-migration.js';
import { type ConditionFinding, isBlocker } from '../../resources/meta/conditions.js';
import { critical } from '../../resources/meta/findings.js';
import { protectedNamespaceFindings, vitalPodFindings } from '../../resources/plan/protected-namespaces.js';
import { referenceFindings } from '../../resources/plan/references.js';
import { discoverVolumes } from '../../resources/plan/volumes/discover.js';
import type { RunVolume } from '../../resources/run/run-record.js';
import type { Settings } from '../../resources/run/settings.js';
import type { ActivityDependencies } from '../kit/dependencies.js';
import { observeCluster, readVolumes } from '../records/observe-cluster.js';
import { readStoredSettings } from '../records/stored-settings.js';

export interface VolumesInspection {
  findings: ConditionFinding[];
  /** Only when nothing blocks the copy. */
  copy?: { volumes: RunVolume[]; settings: Settings };
}

/** Checks what a DirectVolumeMigration names, from what needs no cluster to what only both together can show. */
export async function inspectVolumes(
  deps: ActivityDependencies,
  migration: DirectVolumeMigration,
): Promise<VolumesInspection> {
  const { srcMigClusterRef, destMigClusterRef } = migration.spec;
  const [source, target, { settings, problems }] = await Promise.all([
    lookUp(deps, srcMigClusterRef),
    lookUp(deps, destMigClusterRef),
    readStoredSettings(deps),
  ]);
  const findings = [
    ...referenceFindings({ source, target }),
    ...claimListFindings(migration),
    ...protectedNamespaceFindings(sidesOf(migration), settings.protectedNamespaces),
    ...settingFindings(settings, problems),
  ];
  if (!srcMigClusterRef || !destMigClusterRef || findings.some(blocks)) return { findings };
  const seen = await seeVolumes(deps, migration, srcMigClusterRef, destMigClusterRef);
  findings.push(
    ...volumeFindings(migration, seen),
    ...vitalPodFindings({ source: seen.source.pods, target: seen.target.pods }),
  );
  if (findings.some(blocks)) return { findings };
  return { findings, copy: { volumes: volumesToCopy(migration, seen), settings } };
}

const sidesOf = ({ spec: { persistentVolumeClaims: claims } }: DirectVolumeMigration) => ({
  source: claims.map(({ namespace }) => namespace),
  target: claims.map((claim) => targetOf(claim).namespace),
});

export const blocks = (finding: ConditionFinding): boolean => isBlocker({ status: 'True', ...finding });

type Reference = NonNullable<DirectVolumeMigration['spec']['srcMigClusterRef']>;

const lookUp = async ({ store }: ActivityDependencies, reference: Reference | undefined) => ({
  reference,
  object: reference && (await store.resources.get({ kind: 'MigCluster', ...reference })),
});

function settingFindings(
  settings: Settings,
  problems: Awaited<ReturnType<typeof readStoredSettings>>['problems'],
): ConditionFinding[] {
  const notBuilt = problems.filter((problem) => problem.blocks).map(({ field, message }) => `${field} ${message}`);
  return [
    ...(notBuilt.length > 0
      ? [critical('NotYetSupported', 'Setting', 'Settings of MigrationController prevent the copy: []', notBuilt)]
      : []),
    ...(settings.run.transferImage === ''
      ? [
          critical(
            'TransferImageNotSet',
            'NotSet',
            'No image for the transfer pods is known. Set rsync_transfer_image_fqin in MigrationController to one that both clusters can pull.',
          ),
        ]
      : []),
  ];
}

async function seeVolumes(
  { clusters, store }: ActivityDependencies,
  { spec }: DirectVolumeMigration,
  sourceRef: Reference,
  targetRef: Reference,
) {
  const claims = spec.persistentVolumeClaims;
  const [sourceClient, targetClient] = await Promise.all([clusters.connect(sourceRef), clusters.connect(targetRef)]);
  const [source, target] = await Promise.all([
    observeCluster(sourceClient, [...new Set(claims.map(({ namespace }) => namespace))], store),
    observeCluster(targetClient, [...new Set(claims.map((claim) => targetOf(claim).namespace))], store),
  ]);
  const named = source.claims.filter(({ metadata }) =>
    claims.some(({ namespace, name }) => metadata.namespace === namespace && metadata.name === name),
  );
  const volumes = discoverVolumes({
    claims: named,
    pods: source.pods,
    volumes: await readVolumes(sourceClient, named),
    moveStorageClasses: [],
    withOwned: true,
  });
  return { source: { ...source, name: sourceClient.name }, target: { ...target, name: targetClient.name }, volumes };
}
