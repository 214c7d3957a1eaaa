import type { ApiType } from '../../clusters/cluster-client.js';
import { POD } from '../../resources/meta/kube-object.js';

/** Everything runs make for themselves is of one of these kinds. */
export const HELPER_KINDS: readonly ApiType[] = [
  POD,
  { apiVersion: 'batch/v1', kind: 'Job' },
  { apiVersion: 'v1', kind: 'Service' },
  { apiVersion: 'route.openshift.io/v1', kind: 'Route' },
  { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy' },
  { apiVersion: 'v1', kind: 'Secret' },
  { apiVersion: 'v1', kind: 'ConfigMap' },
  { apiVersion: 'apps/v1', kind: 'ControllerRevision' },
  { apiVersion: 'v1', kind: 'ResourceQuota' },
];
