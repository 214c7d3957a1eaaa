import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectSuccess, type Migration, NAMESPACE, readMigration } from '../../lab/client/migrations.js';
import { refuseRequests } from '../kit/cluster/admission-policy.js';
import { readWrites } from '../kit/cluster/audit-log.js';
import { claim, deployment } from '../kit/fakes/workload-objects.js';
import { conditionOf, workflowIdOf } from '../kit/system/mid-run.js';
import { Scene } from '../kit/system/scene.js';
import { SharedSystem } from '../kit/system/shared-system.js';
import { resetBefore } from '../kit/temporal/reset.js';

const SCALE = { apiGroups: ['apps'], apiVersions: ['v1'], operations: ['UPDATE'], resources: ['deployments'] };

let system: SharedSystem;
let scene: Scene;
let failed: Migration;
/** Of its workflow, before any reset. */
let original: string;

/** A cutover that came as far as its target's refusal and was unwound; then one that moved the application. */
beforeAll(async () => {
  system = await SharedSystem.attach();
  scene = await Scene.open(system, 'reset', [claim('data'), deployment('web', { claim: 'data' })]);
  await scene.plan();
  const suffix = randomBytes(2).toString('hex');
  const allow = await refuseRequests(system.target, {
    name: scene.namespace,
    namespace: scene.namespace,
    rule: SCALE,
    when: ['object.spec.replicas > 0'],
    message: 'nothing may run here',
  });
  try {
    failed = await scene.migrate(`first-${suffix}`, { quiescePods: true });
    expect(conditionOf(failed, 'Failed')?.message).toContain('nothing may run here');
    original = (await system.temporalClient.workflow.getHandle(workflowIdOf(failed)).describe()).runId;
  } finally {
    await allow();
  }
  expectSuccess(await scene.migrate(`second-${suffix}`, { quiescePods: true }));
});

afterAll(async () => {
  await scene?.remove();
  await system?.stop();
});

type Input = Record<string, unknown>;

/** What our account wrote to both clusters for the application or for a run. */
async function writesSince(since: Date): Promise<string[]> {
  const sides = await Promise.all((['source', 'target'] as const).map((side) => readWrites(side, since, '')));
  return sides
    .flat()
    .filter(
      ({ user, namespace }) =>
        user.endsWith(':migration-controller') && [scene.namespace, NAMESPACE].includes(namespace),
    )
    .map(({ verb, resource, namespace, name }) => `${verb} ${resource} ${namespace}/${name}`);
}

describe('a failed migration whose workflow is reset after a later one has moved the application', () => {
  it.each<[string, string, (input: Input) => boolean]>([
    ['before its unwind', 'setRunState', ({ state }) => state === 'Unwinding'],
    ['in its unwind', 'confirmTargetDown', () => true],
    ['before it halted the application', 'recordFacts', ({ facts }) => JSON.stringify(facts).includes('quiesceOwed')],
  ])('to a task %s stops, and writes nothing to either cluster', async (_, activity, chosen) => {
    const since = new Date();
    const runId = await resetBefore(system.temporalClient, workflowIdOf(failed), activity, chosen, original);
    const { workflow } = system.temporalClient;
    await expect(workflow.getHandle(workflowIdOf(failed), runId).result()).rejects.toMatchObject({
      cause: { type: 'RunHasEnded' },
    });
    expect(await scene.replicas(system.source)).toEqual({ web: 0 });
    expect(await scene.replicas(system.target)).toEqual({ web: 1 });
    expect(await writesSince(since)).toEqual([]);
    expect((await readMigration(system.mtc, failed.metadata.name))?.status).toEqual(failed.status);
  });
});
