import type { Kubectl } from '../../../lab/client/kubectl.js';

export interface Refusal {
  /** Of the policy; unique in the cluster. */
  name: string;
  /** The only namespace it is in force in. */
  namespace: string;
  rule: { apiGroups: string[]; apiVersions: string[]; operations: string[]; resources: string[] };
  /** CEL expressions that all hold for a request that is refused. */
  when: string[];
  message: string;
}

/** Makes a cluster refuse requests, as the policies of its owners do; resolves to what takes the policy away again. */
export async function refuseRequests(cluster: Kubectl, refusal: Refusal): Promise<() => Promise<void>> {
  const { name, namespace, rule, when, message } = refusal;
  const group = { apiVersion: 'admissionregistration.k8s.io/v1', metadata: { name } };
  const policy = {
    ...group,
    kind: 'ValidatingAdmissionPolicy',
    spec: {
      failurePolicy: 'Fail',
      matchConstraints: { resourceRules: [rule] },
      matchConditions: when.map((expression, index) => ({ name: `when-${index}`, expression })),
      validations: [{ expression: 'false', message }],
    },
  };
  const binding = {
    ...group,
    kind: 'ValidatingAdmissionPolicyBinding',
    spec: {
      policyName: name,
      validationActions: ['Deny'],
      matchResources: { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } } },
    },
  };
  await cluster.apply(JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [policy, binding] }));
  return async () => {
    const kinds = 'validatingadmissionpolicybinding,validatingadmissionpolicy';
    await cluster.run(['delete', kinds, name, '--ignore-not-found']);
  };
}
