import type { CatalogueEntry } from './entry.js';

/** Conditions about what a plan names: clusters, namespaces, hooks, kinds, workloads. */
export const PLAN_CONDITIONS = {
  Closed: {
    on: { MigPlan: 'Advisory' },
    mtc: true,
    meaning:
      'spec.closed is true: no migration of the plan can start any more. Create another plan, or set it to false.',
  },
  Suspended: {
    on: { MigPlan: 'Advisory', MigSchedule: 'Advisory' },
    mtc: true,
    meaning:
      'A plan does not discover its volumes while a migration runs or once the application has moved; a schedule starts nothing. The reason says why; it ends by itself, with a rollback, or when spec.suspend is false.',
  },
  MigrationTypeIdentified: {
    on: { MigPlan: 'Advisory' },
    mtc: true,
    meaning: 'What kind of plan it is, where the plan alone tells. The message says by which MigMigration to run it.',
  },
  StorageEnsured: {
    on: { MigPlan: 'Required' },
    mtc: true,
    meaning: 'Velero of both clusters can use the replication repository. A plan without it is not Ready.',
  },
  BackupStorageLocationUnavailable: {
    on: { MigPlan: 'Critical' },
    mtc: false,
    meaning:
      'Velero of a cluster cannot use the replication repository. Check that the cluster reaches the store and that deployment velero runs.',
  },
  SweepIncomplete: {
    on: { MigPlan: 'Warn' },
    mtc: false,
    meaning:
      'A sweep could not remove everything that ended migrations of the plan left. Fix what the items name, then ask for another sweep.',
  },
  ReconcileFailed: {
    on: { MigPlan: 'Critical' },
    mtc: true,
    meaning:
      'A cluster stopped answering in the middle of the check. It is checked again by itself; see the conditions of the MigCluster.',
  },
  ClusterIdentityUnclear: {
    on: { MigPlan: 'Critical' },
    mtc: false,
    meaning:
      'Source and target report the same uid of namespace kube-system, but their API servers prove different keys and authorities: one is a copy of the other, or pretends to be it. Where both are one cluster, use the same url and caBundle in both MigClusters.',
  },
  SettingsIgnored: {
    on: { MigPlan: 'Warn' },
    mtc: false,
    meaning: 'Settings of MigrationController cannot be read and have their default values. Correct the fields named.',
  },
  ForeignHelperLabel: {
    on: { MigPlan: 'Critical' },
    mtc: false,
    meaning:
      'Workloads or pods of the source carry the label migration.openshift.io/helper, which marks what migrations make for themselves. Remove it, also from the template of the pods.',
  },
  NotYetSupported: {
    on: { MigPlan: 'Critical', MigStorage: 'Critical', DirectVolumeMigration: 'Critical' },
    mtc: false,
    meaning:
      'A field or setting asks for what is not supported yet. The message names each field and what to set instead.',
  },
  InvalidSourceClusterRef: {
    on: { MigPlan: 'Critical', DirectVolumeMigration: 'Critical' },
    mtc: true,
    meaning: 'spec.srcMigClusterRef is missing or names a MigCluster that does not exist. Correct it.',
  },
  InvalidDestinationClusterRef: {
    on: { MigPlan: 'Critical', DirectVolumeMigration: 'Critical' },
    mtc: true,
    meaning: 'spec.destMigClusterRef is missing or names a MigCluster that does not exist. Correct it.',
  },
  InvalidStorageRef: {
    on: { MigPlan: 'Critical' },
    mtc: true,
    meaning: 'spec.migStorageRef is missing or names a MigStorage that does not exist. Correct it.',
  },
  SourceClusterNotReady: {
    on: { MigPlan: 'Critical', DirectVolumeMigration: 'Critical' },
    mtc: true,
    meaning: 'The source MigCluster is not Ready. See its conditions.',
  },
  DestinationClusterNotReady: {
    on: { MigPlan: 'Critical', DirectVolumeMigration: 'Critical' },
    mtc: true,
    meaning: 'The target MigCluster is not Ready. See its conditions.',
  },
  StorageNotReady: {
    on: { MigPlan: 'Critical' },
    mtc: true,
    meaning: 'The MigStorage is not Ready. See its conditions.',
  },
  PlanConflict: {
    on: { MigPlan: 'Error' },
    mtc: true,
    meaning:
      'Another open plan works on the same namespaces. Take them out of one of the plans, or close or delete it.',
  },
  IntraClusterMigration: {
    on: { MigPlan: ['Critical', 'Warn'] },
    mtc: true,
    meaning:
      'Source and target are one cluster, and the plan asks for what cannot be done there, or for pods that may not read the files. Follow the message.',
  },
  NamespaceListEmpty: {
    on: { MigPlan: 'Critical' },
    mtc: true,
    meaning: 'spec.namespaces is empty. Name the namespaces to migrate.',
  },
  NamespaceLimitExceeded: {
    on: { MigPlan: 'Critical' },
    mtc: true,
    meaning: 'The plan names more namespaces than mig_namespace_limit allows. Split the plan, or raise the limit.',
  },
  DuplicateNamespaceOnSourceCluster: {
    on: { MigPlan: 'Critical' },
    mtc: true,
    meaning: 'spec.namespaces names a namespace of the source more than once. Name each once.',
  },
  DuplicateNamespaceOnDestinationCluster: {
    on: { MigPlan: 'Critical' },
    mtc: true,
    meaning: 'spec.namespaces maps several namespaces onto one of the target. Give each its own.',
  },
  NamespaceProtected: {
    on: { MigPlan: 'Critical', DirectVolumeMigration: 'Critical' },
    mtc: false,
    meaning:
      'A namespace runs the cluster or the migration itself, by its name (protected_namespaces) or by its pods, and is not migrated. Take it out.',
  },
  DefaultNamespace: {
    on: { MigPlan: 'Warn' },
    mtc: false,
    meaning:
      'Namespace default is migrated, which also holds objects of the cluster. Check that all else in it belongs to the application.',
  },
  NamespaceNotDNSCompliant: {
    on: { MigPlan: 'Critical' },
    mtc: true,
    meaning:
      'A namespace of the target cannot be created under the name given. Use lower-case letters, digits and hyphens, at most 63 characters.',
  },
  NamespaceNotFoundOnSourceCluster: {
    on: { MigPlan: 'Critical' },
    mtc: true,
    meaning:
      'Namespaces of the plan, or the migration namespace, are not on the source. Correct spec.namespaces, or run `npm run prepare-cluster`.',
  },
  NamespaceNotFoundOnDestinationCluster: {
    on: { MigPlan: 'Critical', DirectVolumeMigration: 'Critical' },
    mtc: true,
    meaning:
      'Namespaces that must be on the target are not there. Create them, run `npm run prepare-cluster`, or let a DirectVolumeMigration create them.',
  },
  NamespaceAnnotationsDiffer: {
    on: { MigPlan: 'Warn' },
    mtc: false,
    meaning:
      'A namespace is already on the target, and annotations of the source are missing there or differ. Run the commands of the message to make them the same.',
  },
  InvalidResourceList: {
    on: { MigPlan: 'Critical' },
    mtc: true,
    meaning:
      'spec.includedResources lists kinds that the source does not know. Write group and kind as `kubectl api-resources` shows them.',
  },
  ClusterScopedResourcesNotIncluded: {
    on: { MigPlan: 'Warn' },
    mtc: false,
    meaning:
      'spec.includedResources lists kinds that belong to no namespace. They are not brought; create those objects on the target yourself.',
  },
  GVKsIncompatible: {
    on: { MigPlan: 'Warn' },
    mtc: true,
    meaning:
      'The target does not serve kinds that are in use on the source; their objects are left out. Install what serves them on the target first.',
  },
  ClusterRightsTravel: {
    on: { MigPlan: 'Warn' },
    mtc: false,
    meaning:
      'ClusterRoleBindings, SecurityContextConstraints or labels of namespaces give what is migrated rights beyond its namespaces, and the target gets them, for the accounts of the plan alone. status.clusterRights lists them. Take away on the source what the target must not get.',
  },
  InvalidHookRef: {
    on: { MigPlan: 'Critical' },
    mtc: true,
    meaning: 'spec.hooks names a MigHook that does not exist. Create it, or correct the reference.',
  },
  HookNamespaceProtected: {
    on: { MigPlan: 'Critical' },
    mtc: false,
    meaning:
      'A hook would run in a namespace that runs the cluster, where its pod could do what its author may not, or whose owner refuses hooks by the label migration.openshift.io/hooks=refused. Name another namespace in spec.hooks.',
  },
  HookServiceAccountProtected: {
    on: { MigPlan: 'Critical' },
    mtc: false,
    meaning:
      "A hook would run as Velero's service account, its node agent's or this service's own, which may do anything in the cluster. Name an account with just the rights the hook needs in spec.hooks.",
  },
  HookNotReady: {
    on: { MigPlan: 'Critical' },
    mtc: true,
    meaning: 'A MigHook of spec.hooks is not Ready. See its conditions.',
  },
  InvalidHookSAName: {
    on: { MigPlan: 'Critical' },
    mtc: true,
    meaning:
      'The service account of a hook is not a valid name, or does not exist in the namespace the hook runs in. Create it, or correct spec.hooks.',
  },
  InvalidHookNSName: {
    on: { MigPlan: 'Critical' },
    mtc: true,
    meaning:
      'The namespace of a hook is not a valid name, or does not exist in the cluster the hook runs in. Create it, or correct spec.hooks.',
  },
  HookPhaseUnknown: {
    on: { MigPlan: 'Critical' },
    mtc: true,
    meaning: 'spec.hooks names an unknown phase. Write one of those in the message.',
  },
  HookPhaseDuplicate: {
    on: { MigPlan: 'Critical' },
    mtc: true,
    meaning:
      'spec.hooks gives one phase to several hooks. Give each a phase of its own, or put their work into one hook.',
  },
  HookImageNotSet: {
    on: { MigPlan: 'Critical' },
    mtc: false,
    meaning:
      'No image is known in which the playbook of a hook runs. Set spec.image of the MigHook, or hook_runner_image_fqin in MigrationController.',
  },
  PodLimitExceeded: {
    on: { MigPlan: 'Warn' },
    mtc: true,
    meaning:
      'More pods run in the source namespaces than mig_pod_limit. The migration may take long; split the plan, or raise the limit.',
  },
  NamespacesHaveNodeSelectors: {
    on: { MigPlan: 'Warn' },
    mtc: true,
    meaning: 'Pods of the source ask for nodes with certain labels. Check that the target has such nodes.',
  },
  SourcePodsNotHealthy: {
    on: { MigPlan: 'Warn' },
    mtc: true,
    meaning: 'Pods of the source are not healthy and may not be on the target either. Look at them first.',
  },
  BarePodsNotHalted: {
    on: { MigPlan: 'Warn', MigMigration: 'Warn' },
    mtc: false,
    meaning:
      'Pods without a controller cannot be halted: they keep running on the source and run on the target too. Delete those that write data, and create them on the target afterwards.',
  },
  ScaledByOthers: {
    on: { MigPlan: 'Warn' },
    mtc: false,
    meaning:
      'Operators, GitOps or autoscalers scale workloads of the source and may start them again during a cutover, which then fails. Pause them for the cutover.',
  },
  ControllersNotHalted: {
    on: { MigPlan: 'Warn' },
    mtc: false,
    meaning:
      'Pods of the source belong to controllers that cannot be halted. Stop these applications yourself before a cutover, which waits for their pods to end.',
  },
  WorkloadsLeftBehind: {
    on: { MigPlan: 'Warn' },
    mtc: false,
    meaning:
      'Workloads of the source are of kinds that are excluded, or that the target does not serve: a cutover halts the former and leaves them there, and is refused for the latter. Exclude what may stay down, or install what serves it.',
  },
  WorkloadsDownOnTarget: {
    on: { MigPlan: 'Warn', MigMigration: 'Warn' },
    mtc: false,
    meaning:
      'Workloads that run on the source are on the target already, down, and no run of the plan brought them: a cutover is refused before it halts anything. Delete them there, or start them and take them out of the plan.',
  },
  ObjectsOnTarget: {
    on: { MigPlan: 'Warn', MigMigration: 'Warn' },
    mtc: false,
    meaning:
      'Objects are on the target already under names that the plan brings, and run there or differ. They stay as they are. Delete those that the migration is to bring.',
  },
  WorkloadsHaltedBefore: {
    on: { MigPlan: 'Warn', MigMigration: 'Warn' },
    mtc: false,
    meaning:
      'Workloads of the source are down with the annotations by which MTC or another plan halted them. A cutover starts them on the target as these say. Remove the annotations from those that are to stay down.',
  },
  ClassesMissingOnTarget: {
    on: { MigPlan: 'Warn' },
    mtc: false,
    meaning:
      'The target lacks a PriorityClass, RuntimeClass, StorageClass, IngressClass, GatewayClass, VolumeSnapshotClass or DeviceClass that objects of the plan name, or a default StorageClass for claims that name none. Create it there; a cutover is refused before it halts anything while pods would not be admitted or would wait for ever.',
  },
  FinalizersLeftOut: {
    on: { MigPlan: 'Warn' },
    mtc: false,
    meaning:
      'Objects of the plan have finalizers, which do not arrive: what takes them off may not run on the target. Set those that are needed by hand afterwards.',
  },
  SeveralDefaultStorageClasses: {
    on: { MigPlan: 'Warn' },
    mtc: false,
    meaning:
      'The target marks several storage classes as default, and claims of the plan name none: they get the newest. Leave one the default, or name a class.',
  },
  TargetComputeQuotaExceeded: {
    on: { MigPlan: 'Warn' },
    mtc: false,
    meaning:
      'Quotas leave too little for the pods that start on the target, so that a cutover is refused before it halts anything, or for those that copy volumes. Raise them.',
  },
} as const satisfies Record<string, CatalogueEntry>;
