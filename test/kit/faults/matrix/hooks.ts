import { NAMESPACE } from '../../../../lab/client/migrations.js';
import { HOOK_PHASES } from '../../../../resources/run/run-record.js';
import type { Scene } from '../../system/scene.js';
import { fromEnvironment } from '../../system/system.js';

/** What a plan says of a hook in each phase: that behind the commit point runs where the application does by then, the others beside the source. */
export async function hooksInEachPhase({ system, namespace }: Scene): Promise<object[]> {
  const hooks = HOOK_PHASES.map((phase) => ({
    apiVersion: 'migration.openshift.io/v1alpha1',
    kind: 'MigHook',
    metadata: { name: `${namespace}-${phase.toLowerCase()}`, namespace: NAMESPACE },
    spec: {
      custom: true,
      // Its own command ends at once.
      image: fromEnvironment('HOOK_RUNNER_IMAGE'),
      targetCluster: phase === 'PostRestore' ? 'destination' : 'source',
    },
  }));
  await system.mtc.apply(hooks.map((hook) => JSON.stringify(hook)).join('\n---\n'));
  return HOOK_PHASES.map((phase, index) => ({
    reference: hooks[index]?.metadata,
    phase,
    executionNamespace: namespace,
    serviceAccount: 'default',
  }));
}
