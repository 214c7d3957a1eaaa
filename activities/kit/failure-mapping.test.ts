import { describe, expect, it } from 'vitest';
import { refusal } from '../../clusters/api-failures.js';
import { KubernetesApiError } from '../../clusters/kubernetes-api-error.js';
import { REFUSALS, type Refusal } from '../../clusters/refusals.js';
import { toApplicationFailure } from './failure-mapping.js';

const purpose = { verb: 'create', object: 'Pod shop/web', path: '/api/v1/namespaces/shop/pods' };
const place = { name: 'target', server: 'https://api:6443' };

/** What servers say, word for word; the expected kind; whether it is tried again. */
const ROWS: readonly [Refusal | undefined, number, string, 'Unreachable' | 'Refused' | 'Forbidden'][] = [
  [
    'missingRight',
    403,
    'pods is forbidden: User "system:serviceaccount:openshift-migration:migration-controller" cannot create resource "pods" in API group "" in the namespace "shop"',
    'Forbidden',
  ],
  [
    'missingRight',
    403,
    'namespaces is forbidden: User "mig" cannot create resource "namespaces" in API group "" at the cluster scope',
    'Forbidden',
  ],
  ['missingRight', 403, 'forbidden: User "mig" cannot get path "/apis"', 'Forbidden'],
  [
    'missingRight',
    403,
    'roles.rbac.authorization.k8s.io "r" is forbidden: user "mig" (groups=["system:authenticated"]) is attempting to grant RBAC permissions not currently held:\n{APIGroups:[""]}',
    'Forbidden',
  ],
  [
    'quota',
    403,
    'pods "web" is forbidden: exceeded quota: compute, requested: limits.cpu=2, used: limits.cpu=3, limited: limits.cpu=4',
    'Refused',
  ],
  [
    'quota',
    403,
    'pods "web" is forbidden: failed quota: compute: must specify limits.cpu for: transfer; limits.memory for: transfer',
    'Refused',
  ],
  ['quotaUnknown', 403, 'pods "web" is forbidden: status unknown for quota: compute, resources: pods', 'Unreachable'],
  ['limitRange', 403, 'pods "web" is forbidden: maximum cpu usage per Container is 1, but limit is 2', 'Refused'],
  [
    'limitRange',
    403,
    'pods "web" is forbidden: [minimum memory usage per Container is 64Mi, but request is 32Mi, maximum cpu usage per Pod is 1, but limit is 2]',
    'Refused',
  ],
  [
    'limitRange',
    403,
    'pods "web" is forbidden: cpu max limit to request ratio per Container is 2, but provided ratio is 20.000000',
    'Refused',
  ],
  [
    'limitRange',
    403,
    'persistentvolumeclaims "data" is forbidden: maximum storage usage per PersistentVolumeClaim is 5Gi, but request is 10Gi',
    'Refused',
  ],
  [
    'podSecurity',
    403,
    'pods "web" is forbidden: violates PodSecurity "restricted:latest": runAsNonRoot != true (pod or container "c" must set securityContext.runAsNonRoot=true)',
    'Refused',
  ],
  [
    'podSecurity',
    403,
    'pods "web" is forbidden: unable to validate against any security context constraint: [provider "anyuid": Forbidden: not usable by user or serviceaccount]',
    'Refused',
  ],
  [
    'webhook',
    403,
    'admission webhook "validate.kyverno.svc-fail" denied the request: User "x" cannot create resource "pods": ask the platform team',
    'Refused',
  ],
  ['webhook', 400, 'admission webhook "v.example.com" denied the request: image not allowed', 'Refused'],
  [
    'policy',
    422,
    "pods \"web\" is forbidden: ValidatingAdmissionPolicy 'no-root' with binding 'all' denied request: failed expression: object.spec.runAsNonRoot",
    'Refused',
  ],
  [
    'policy',
    403,
    "pods \"web\" is forbidden: ValidatingAdmissionPolicy 'no-root' with binding 'all' denied request: exceeded quota: no",
    'Refused',
  ],
  [
    'namespaceTerminating',
    403,
    'pods "web" is forbidden: unable to create new content in namespace shop because it is being terminated',
    'Unreachable',
  ],
  [
    'serviceAccountMissing',
    403,
    'pods "web" is forbidden: error looking up service account shop/default: serviceaccount "default" not found',
    'Unreachable',
  ],
  ['forbidden', 403, 'pods "web" is forbidden: no PriorityClass with name high was found', 'Refused'],
  [undefined, 422, 'Pod "web" is invalid: spec.containers: Required value', 'Refused'],
];

describe('a refusal is explained by what the server said', () => {
  it.each(ROWS)('%s (%i): %s', (kind, code, message, type) => {
    const body = JSON.stringify({ kind: 'Status', code, reason: 'Forbidden', message });
    const error = refusal(purpose, place, { code, body });
    expect(error.refusal).toBe(kind);
    expect(error.message).toContain(message);
    expect(error.message.includes('missing right')).toBe(kind === 'missingRight');
    expect(toApplicationFailure(error)).toMatchObject({
      type,
      nonRetryable: type !== 'Unreachable',
      details: [
        {
          type,
          where: 'cluster target',
          what: expect.stringContaining(kind ? REFUSALS[kind].what : 'refused or failed'),
          why: expect.stringContaining(message),
          next: expect.stringMatching(kind ? '' : 'Fix'),
        },
      ],
    });
    if (kind) expect(error.message).toContain(REFUSALS[kind].next);
  });

  it('has a text of its own for each kind', () => {
    const texts = Object.values(REFUSALS).flatMap(({ what, next }) => [what, next]);
    expect(new Set(texts).size).toBe(texts.length);
  });
});

it('a server that proves another key waits for the Secret, as a token that is refused does', () => {
  const details = { code: 0, reason: 'OTHER_SERVER_KEY', cluster: 'prod', verb: 'get', path: '/version' };
  const failure = toApplicationFailure(new KubernetesApiError('get version failed', details));
  expect(failure).toMatchObject({
    type: 'CredentialsRejected',
    nonRetryable: false,
    details: [{ next: expect.stringContaining("write the value of the cluster's Secret again") }],
  });
});
