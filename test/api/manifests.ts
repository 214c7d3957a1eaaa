import { parseAllDocuments } from 'yaml';
import type { KubeObject } from '../../resources/meta/kube-object.js';

/** A value that must never come out again. */
export const PLANTED = 'planted-5e0f7a-secret';

const encoded = Buffer.from(PLANTED).toString('base64');

/** The objects of a migration as MTC's users write them, in YAML. */
const YAML = `
apiVersion: v1
kind: Secret
metadata:
  name: source-cluster
  namespace: openshift-config
type: Opaque
data:
  saToken: ${encoded}
---
apiVersion: v1
kind: Secret
metadata:
  namespace: openshift-config
  name: storage
type: Opaque
data:
  aws-access-key-id: ${encoded}
  aws-secret-access-key: ${encoded}
---
apiVersion: migration.openshift.io/v1alpha1
kind: MigCluster
metadata:
  name: host
  namespace: openshift-migration
spec:
  isHostCluster: true
---
apiVersion: migration.openshift.io/v1alpha1
kind: MigCluster
metadata:
  labels:
    controller-tools.k8s.io: "1.0"
  name: source
  namespace: openshift-migration
spec:
  exposedRegistryPath: registry.source.example.com
  insecure: false
  isHostCluster: false
  refresh: false
  restartRestic: true
  serviceAccountSecretRef:
    name: source-cluster
    namespace: openshift-config
  url: https://api.source.example.com:6443
---
apiVersion: migration.openshift.io/v1alpha1
kind: MigStorage
metadata:
  name: repository
  namespace: openshift-migration
spec:
  backupStorageProvider: aws
  volumeSnapshotProvider: aws
  backupStorageConfig:
    awsBucketName: migrations
    awsRegion: us-east-1
    awsSignatureVersion: "4"
    credsSecretRef:
      name: storage
      namespace: openshift-config
  volumeSnapshotConfig:
    awsRegion: us-east-1
    credsSecretRef:
      name: storage
      namespace: openshift-config
  refresh: false
---
apiVersion: migration.openshift.io/v1alpha1
kind: MigHook
metadata:
  name: warm-up
  namespace: openshift-migration
spec:
  activeDeadlineSeconds: 1800
  custom: false
  image: quay.io/konveyor/hook-runner:latest
  playbook: LSBob3N0czogbG9jYWxob3N0Cg==
  targetCluster: source
---
apiVersion: migration.openshift.io/v1alpha1
kind: MigPlan
metadata:
  name: shop
  namespace: openshift-migration
spec:
  closed: false
  srcMigClusterRef:
    name: source
    namespace: openshift-migration
  destMigClusterRef:
    name: host
    namespace: openshift-migration
  hooks:
    - executionNamespace: shop
      phase: PostRestore
      reference:
        name: warm-up
        namespace: openshift-migration
      serviceAccount: default
  indirectImageMigration: false
  indirectVolumeMigration: false
  migStorageRef:
    name: repository
    namespace: openshift-migration
  namespaces:
    - shop
    - shop-db:shop-data
  refresh: false
---
apiVersion: migration.openshift.io/v1alpha1
kind: MigMigration
metadata:
  name: shop-cutover
  namespace: openshift-migration
spec:
  canceled: false
  rollback: false
  stage: false
  quiescePods: true
  keepAnnotations: true
  verify: false
  migPlanRef:
    name: shop
    namespace: openshift-migration
---
apiVersion: migration.openshift.io/v1alpha1
kind: DirectVolumeMigration
metadata:
  name: volumes
  namespace: openshift-migration
spec:
  createDestinationNamespaces: false
  deleteProgressReportingCRs: false
  destMigClusterRef:
    name: host
    namespace: openshift-migration
  persistentVolumeClaims:
  - name: data
    namespace: shop
  srcMigClusterRef:
    name: source
    namespace: openshift-migration
---
apiVersion: migration.openshift.io/v1alpha1
kind: DirectVolumeMigrationProgress
metadata:
  labels:
    controller-tools.k8s.io: "1.0"
  name: volume-data
  namespace: openshift-migration
spec:
  clusterRef:
    name: source
    namespace: openshift-migration
  podRef:
    name: rsync-abcde
    namespace: openshift-migration
---
apiVersion: migration.openshift.io/v1alpha1
kind: MigrationController
metadata:
  name: migration-controller
  namespace: openshift-migration
spec:
  mig_namespace_limit: "20"
  src_supplemental_groups: "1000,2000"
`;

/** MTC's manifests, one of each kind. */
export const manifests = (): KubeObject[] => parseAllDocuments(YAML).map((document) => document.toJS());

export const plan = (name: string, spec: object = {}) => ({
  metadata: { name },
  spec: { namespaces: ['shop'], ...spec },
});

export const migration = (name: string, spec: object = {}) => ({
  metadata: { name },
  spec: { migPlanRef: { name: 'shop' }, ...spec },
});

export const hook = (name: string, spec: object = {}) => ({
  metadata: { name },
  spec: { custom: true, image: 'quay.io/team/hook:1.0', targetCluster: 'source', ...spec },
});
