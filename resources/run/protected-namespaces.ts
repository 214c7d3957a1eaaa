import { MIGRATION_NAMESPACE } from '../meta/labels.js';

/** Namespaces no setting can open: the cluster's core, and that of Velero and of our own service accounts. */
export const ALWAYS_PROTECTED = ['kube-system', 'kube-node-lease', 'kube-public', MIGRATION_NAMESPACE] as const;

/** Globs of the setting's default: what platforms keep for themselves, and the namespace Velero's own manifests name. */
export const PROTECTED_BY_DEFAULT = ['kube-*', 'openshift', 'openshift-*', 'velero'];
