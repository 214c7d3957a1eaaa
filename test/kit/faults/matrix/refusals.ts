import { NAMESPACE } from '../../../../lab/client/migrations.js';
import { LABELS } from '../../../../resources/meta/labels.js';
import { type Refusal, refuseRequests } from '../../cluster/admission-policy.js';
import type { Scene } from '../../system/scene.js';
import { halts, type Outcome, type Way } from './cases.js';

const MESSAGE = 'a test refuses this';

/** Makes the migration of that name fail before or after its commit point; resolves to what takes the refusal away. */
export function refuse(scene: Scene, way: Way, outcome: Outcome, migration: string): Promise<() => Promise<void>> {
  const { system, namespace } = scene;
  const common = { name: namespace, namespace, message: MESSAGE };
  if (outcome === 'failure before the commit point') {
    return refuseRequests(system.source, { ...common, ...clientPods(halts(way) ? 'final' : 'pre-copy') });
  }
  if (way === 'Final without quiesce') {
    const restores = {
      rule: { apiGroups: ['velero.io'], apiVersions: ['v1'], operations: ['CREATE'], resources: ['restores'] },
      when: [`object.metadata.name.startsWith("${migration.slice(0, 20)}")`],
    };
    return refuseRequests(system.target, { ...common, namespace: NAMESPACE, ...restores });
  }
  return refuseRequests(way === 'Conversion' ? system.source : system.target, { ...common, ...STARTS_IN_EARNEST });
}

const clientPods = (pass: 'pre-copy' | 'final'): Pick<Refusal, 'rule' | 'when'> => ({
  rule: { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] },
  when: [
    `has(object.metadata.labels) && "${LABELS.helperRole}" in object.metadata.labels`,
    `object.metadata.labels["${LABELS.helperRole}"] == "rsync-client-${pass}"`,
  ],
});

/** Like a webhook that fails only when it is asked in earnest: the rehearsal before the commit point does not find it. */
const STARTS_IN_EARNEST: Pick<Refusal, 'rule' | 'when'> = {
  rule: { apiGroups: ['apps'], apiVersions: ['v1'], operations: ['UPDATE'], resources: ['deployments'] },
  when: [
    'object.metadata.name == "picky"',
    'object.spec.replicas > 0 && oldObject.spec.replicas == 0',
    '!has(request.dryRun) || !request.dryRun',
  ],
};
