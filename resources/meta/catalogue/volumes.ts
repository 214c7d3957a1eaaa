import type { CatalogueEntry } from './entry.js';

/** Conditions about the volumes of a plan or of a DirectVolumeMigration. */
export const VOLUME_CONDITIONS = {
  PvsDiscovered: {
    on: { MigPlan: 'Required' },
    mtc: true,
    meaning: 'The volumes of the namespaces are listed in spec.persistentVolumes. A plan without it is not Ready.',
  },
  PvInvalidAction: {
    on: { MigPlan: 'Error' },
    mtc: true,
    meaning: 'The action chosen for a volume is not one it supports. Set selection.action to one of supported.actions.',
  },
  PvNoSupportedAction: {
    on: { MigPlan: 'Warn' },
    mtc: true,
    meaning: 'A volume can neither be copied nor moved and is left out. Bring its data to the target by other means.',
  },
  PvInvalidStorageClass: {
    on: { MigPlan: 'Error', DirectVolumeMigration: 'Critical' },
    mtc: true,
    meaning: 'The storage class chosen for a volume is not on the target. Choose one that is, or create the class.',
  },
  PvNoStorageClassSelection: {
    on: { MigPlan: 'Warn' },
    mtc: true,
    meaning: 'No storage class is chosen for a volume. Set selection.storageClass to one that is on the target.',
  },
  PvWarnAccessModeUnavailable: {
    on: { MigPlan: 'Warn' },
    mtc: true,
    meaning:
      'The storage class chosen for a volume may not offer its access mode. Choose another class or selection.accessMode.',
  },
  PvInvalidCopyMethod: {
    on: { MigPlan: 'Error' },
    mtc: true,
    meaning:
      'The copy method chosen for a volume is not one it supports. Set selection.copyMethod to one of supported.copyMethods.',
  },
  PvLimitExceeded: {
    on: { MigPlan: 'Warn' },
    mtc: true,
    meaning:
      'The plan holds more volumes than mig_pv_limit. The migration may take long; split the plan, or raise the limit.',
  },
  PvNameConflict: {
    on: { MigPlan: 'Error' },
    mtc: true,
    meaning:
      'Several volumes go to one claim, or a conversion leaves a claim its name. Write <claim>:<another name> into spec.persistentVolumes[].pvc.name.',
  },
  SourceBeingDeleted: {
    on: { MigPlan: 'Critical' },
    mtc: false,
    meaning:
      'Claims, volumes or namespaces of the source are being deleted and go with the last pod that holds them: halting the application would delete its data. Save the data first.',
  },
  SourceVolumesRetained: {
    on: { MigMigration: 'Warn' },
    mtc: false,
    meaning:
      'Volumes of the source keep reclaim policy Retain, because their claims were deleted while the application was halted. They hold the only copy of their data: delete them when that is no longer needed.',
  },
  ClaimsNotBound: {
    on: { MigPlan: 'Warn', DirectVolumeMigration: 'Critical' },
    mtc: false,
    meaning:
      'Claims of the source are not bound to a volume, so there is nothing to copy. Start what uses them, or leave them out.',
  },
  ClaimsOfPods: {
    on: { MigPlan: 'Warn' },
    mtc: false,
    meaning:
      'Claims of the source belong to pods and are deleted with them, so they are not migrated. Claims of generic ephemeral volumes are left out without this warning.',
  },
  PvCapacityAdjustmentRequired: {
    on: { MigPlan: 'Warn' },
    mtc: true,
    meaning:
      'A volume is larger than its claim asks for, and the target is given what the claim asks for. Where it holds more, set proposedCapacity and capacityConfirmed of the volume.',
  },
  TransferImageNotSet: {
    on: { MigPlan: 'Critical', DirectVolumeMigration: 'Critical' },
    mtc: false,
    meaning:
      'No image for the transfer pods is known. Set rsync_transfer_image_fqin in MigrationController to one that both clusters can pull.',
  },
  TargetQuotaExceeded: {
    on: { MigPlan: 'Critical' },
    mtc: false,
    meaning:
      'Quotas or LimitRanges of the target leave too little for the claims to be created. Raise them, or skip volumes of the plan.',
  },
  TargetVolumeInUse: {
    on: { MigPlan: 'Critical', DirectVolumeMigration: 'Critical' },
    mtc: false,
    meaning:
      'A claim that would be copied into is mounted by running pods. Stop the pods, map the volume onto another claim or, in a plan, set selection.allowOverwrite.',
  },
  TargetVolumeTooSmall: {
    on: { MigPlan: 'Critical', DirectVolumeMigration: 'Critical' },
    mtc: false,
    meaning:
      'A claim on the target is smaller than the volume to be copied into it. Enlarge it, or map the volume onto another claim.',
  },
  TargetVolumeExists: {
    on: { MigPlan: 'Warn', DirectVolumeMigration: 'Warn' },
    mtc: false,
    meaning:
      'A claim was on the target before: what it holds besides the content of the source is removed. Save what is still needed.',
  },
  StorageClassConversionUnavailable: {
    on: { MigPlan: 'Critical' },
    mtc: true,
    meaning:
      'No volume of a plan within one cluster can be converted. Choose volumes to copy and another storage class, or map the namespaces onto other ones.',
  },
  StatefulSetClaimsNotUniform: {
    on: { MigPlan: 'Critical' },
    mtc: false,
    meaning:
      'A StatefulSet would not find its claims under the names the plan gives them. Correct spec.persistentVolumes[].pvc.name and selection.action.',
  },
  InvalidPVCs: {
    on: { DirectVolumeMigration: 'Critical' },
    mtc: true,
    meaning: 'spec.persistentVolumeClaims is empty or names a claim twice. Name each claim to copy once.',
  },
  ConflictingPVCMappings: {
    on: { DirectVolumeMigration: 'Critical' },
    mtc: true,
    meaning:
      'Claims would be copied into the same claim, or into themselves. Give each its own targetName or targetNamespace.',
  },
  PodsNotFoundOnSourceCluster: {
    on: { DirectVolumeMigration: 'Critical' },
    mtc: true,
    meaning:
      'Claims to copy are not on the source (the name is MTC’s). Correct spec.persistentVolumeClaims, or create them.',
  },
} as const satisfies Record<string, CatalogueEntry>;
