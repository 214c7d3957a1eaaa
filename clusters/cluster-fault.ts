import { StepFailure } from '../resources/meta/failure.js';
import { InvalidClusterAccess } from './cluster-access.js';
import { KubernetesApiError } from './kubernetes-api-error.js';

/** Whether a cluster, or the way to it, failed. Anything else, such as an absent database, is not the cluster's fault. */
export const isClusterFault = (error: unknown): error is KubernetesApiError | StepFailure | InvalidClusterAccess =>
  error instanceof KubernetesApiError || error instanceof StepFailure || error instanceof InvalidClusterAccess;
