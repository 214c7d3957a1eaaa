/** What stood in the way of a call that a cluster refused with 403, or by an admission policy with another code. */
export type Refusal =
  | 'missingRight'
  | 'quota'
  | 'quotaUnknown'
  | 'limitRange'
  | 'podSecurity'
  | 'webhook'
  | 'policy'
  | 'namespaceTerminating'
  | 'serviceAccountMissing'
  | 'forbidden';

interface RefusalRow {
  /** How the server says it. */
  says: RegExp;
  /** Codes it comes with, where it isn't 403 alone. */
  codes?: readonly number[];
  /** What happened: a whole clause, as a failure begins. */
  what: string;
  /** What to do about it: whole sentences. */
  next: string;
  /** It ends without anybody doing something: the call is tried again. */
  passes?: true;
}

/**
 * By what Kubernetes, OpenShift and admission webhooks say, those with words of their own before those that may quote anything. A row is
 * found in the message cut to its bound; the expressions have no nested repetition.
 */
export const REFUSALS: Record<Refusal, RefusalRow> = {
  webhook: {
    says: /admission webhook "[^"]*" denied the request/,
    codes: [400, 403, 409, 422],
    what: 'An admission webhook of the cluster denied it',
    next: 'Change the object or the policy behind the webhook that the message names, or exempt the namespace from it; then start the migration again.',
  },
  policy: {
    says: /ValidatingAdmissionPolicy '[^']*' with binding '[^']*' denied request/,
    codes: [400, 403, 409, 422],
    what: 'An admission policy of the cluster denied it',
    next: 'Change the object or the ValidatingAdmissionPolicy that the message names, or exempt the namespace from it; then start the migration again.',
  },
  podSecurity: {
    says: / violates PodSecurity "|unable to validate against any security context constraint/,
    what: 'The security rules for pods of the namespace do not admit it',
    next: 'Give the namespace a Pod Security level (label pod-security.kubernetes.io/enforce) or its service account security context constraints that admit the pod; then start the migration again.',
  },
  namespaceTerminating: {
    says: /because it is being terminated/,
    what: 'The namespace is being deleted',
    next: 'It is tried again until the namespace is gone or stays. If it does not end, see what its conditions say of remaining content and finalizers.',
    passes: true,
  },
  quotaUnknown: {
    says: /status unknown for quota: /,
    what: 'A new ResourceQuota of the namespace has not been counted yet',
    next: 'It is tried again until the cluster has counted it.',
    passes: true,
  },
  quota: {
    says: /(exceeded quota|failed quota|insufficient quota to match these scopes): /,
    what: 'A ResourceQuota of the namespace does not allow it',
    next: 'Raise the ResourceQuota that the message names, or free what uses it up; then start the migration again.',
  },
  limitRange: {
    says: /(minimum|maximum) \S+ usage per \w+ is |max limit to request ratio per \w+ is /,
    what: 'A LimitRange of the namespace does not allow it',
    next: 'Change the LimitRange, or what the object asks for (of transfer pods: settings *_rsync_pod_* of MigrationController); then start the migration again.',
  },
  serviceAccountMissing: {
    says: /error looking up service account /,
    what: 'The service account of the pod is not there (yet)',
    next: 'It is tried again: in a new namespace it appears within seconds. If it does not, create it.',
    passes: true,
  },
  missingRight: {
    says: /^User "[^"]*" cannot |: User "[^"]*" cannot | cannot \S+ (resource|path) "|attempting to grant RBAC permissions not currently held/,
    what: 'The service account of the cluster lacks the right to do it',
    next: 'Give the service account of the MigCluster the missing right (prepare-cluster grants all that are needed).',
  },
  forbidden: {
    says: /^/,
    what: 'The cluster forbids it',
    next: 'Read what the server says: a rule of the cluster other than quota, limits, policies and rights known here stands in the way. Change it, then start the migration again.',
  },
};

const ROWS = Object.entries(REFUSALS) as [Refusal, RefusalRow][];

/** Undefined for answers other than refusals by a rule of the cluster. */
export const readRefusal = (code: number, message: string): Refusal | undefined =>
  ROWS.find(([, { says, codes = [403] }]) => codes.includes(code) && says.test(message))?.[0];
