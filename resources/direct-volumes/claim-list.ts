import type { DirectVolumeMigration } from '../kinds/direct-volume-migration.js';
import type { ConditionFinding } from '../meta/conditions.js';
import { critical } from '../meta/findings.js';
import { repeated } from '../meta/repeated.js';

export type ClaimToCopy = DirectVolumeMigration['spec']['persistentVolumeClaims'][number];

/** Where a claim is copied to: under its own name and namespace unless another is given. */
export const targetOf = (claim: ClaimToCopy): { namespace: string; claim: string } => ({
  namespace: claim.targetNamespace || claim.namespace,
  claim: claim.targetName || claim.name,
});

export const sourceId = ({ namespace, name }: Pick<ClaimToCopy, 'namespace' | 'name'>): string =>
  `${namespace}/${name}`;

const targetId = (claim: ClaimToCopy): string => Object.values(targetOf(claim)).join('/');

/** What can be said about the spec alone, whatever the clusters hold. */
export function claimListFindings({ spec }: DirectVolumeMigration): ConditionFinding[] {
  const claims = spec.persistentVolumeClaims;
  if (claims.length === 0) {
    return [
      critical('InvalidPVCs', 'NotSet', 'spec.persistentVolumeClaims is empty. Name the claims to copy.'),
      ...notYetSupportedFindings(spec),
    ];
  }
  const twice = repeated(claims.map(sourceId));
  const merged = repeated(claims.map(targetId));
  return [
    ...(twice.length > 0
      ? [
          critical(
            'InvalidPVCs',
            'Duplicate',
            'spec.persistentVolumeClaims names claims more than once: []. Name each once.',
            twice,
          ),
        ]
      : []),
    ...(merged.length > 0
      ? [
          critical(
            'ConflictingPVCMappings',
            'Conflict',
            'Several claims would be copied into the same one: []. Give each its own targetName.',
            merged,
          ),
        ]
      : []),
    ...notYetSupportedFindings(spec),
  ];
}

function notYetSupportedFindings(spec: DirectVolumeMigration['spec']): ConditionFinding[] {
  const items = [
    ...(spec.liveMigrate ? ['spec.liveMigrate'] : []),
    ...(spec.migrationType === 'Rollback' ? ['spec.migrationType Rollback'] : []),
    ...spec.persistentVolumeClaims
      .filter(({ targetVolumeMode }) => targetVolumeMode === 'Block')
      .map((claim) => `targetVolumeMode Block of ${sourceId(claim)}`),
  ];
  if (items.length === 0) return [];
  return [critical('NotYetSupported', 'Field', 'Not supported yet: []. Leave it out.', items)];
}
