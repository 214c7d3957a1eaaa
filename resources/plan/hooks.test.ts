import { describe, expect, it } from 'vitest';
import { planOf } from '../../test/kit/fakes/plan-objects.js';
import { type MigHook, migHook } from '../kinds/mig-hook.js';
import { CATEGORY } from '../meta/conditions.js';
import { arrivesFrom, type HookLookup, hookFindings, hookPlaceFindings, imageOf, type PlanHook } from './hooks.js';
import { parseMappings } from './mappings.js';

const hookOf = (changes: Partial<PlanHook> = {}): PlanHook => {
  const reference = { name: 'drain', namespace: 'openshift-migration' };
  const hook = { reference, phase: 'PreBackup', executionNamespace: 'tools', serviceAccount: 'hooks' };
  return { ...(planOf({ hooks: [hook] }).spec.hooks[0] as PlanHook), ...changes };
};

function migHookOf(spec: Record<string, unknown> = {}, ready = true): MigHook {
  const condition = {
    type: 'Ready',
    status: ready ? 'True' : 'False',
    category: CATEGORY.Required,
    message: '',
    lastTransitionTime: '',
  };
  return {
    apiVersion: 'migration.openshift.io/v1alpha1',
    kind: 'MigHook',
    metadata: { name: 'drain', namespace: 'openshift-migration' },
    spec: migHook.spec?.parse({ custom: true, image: 'quay.io/team/hook:1', targetCluster: 'source', ...spec }),
    status: { conditions: [condition] },
  } as MigHook;
}
const sound: HookLookup = { hook: hookOf(), object: migHookOf() };
const settings = { hookRunnerImage: '', protectedNamespaces: ['kube-*', 'openshift-*'] };
const runner = 'quay.io/konveyor/hook-runner:1';

describe('the hooks of a plan', () => {
  it('may be one for each phase', () => {
    const phases = ['PreBackup', 'PostBackup', 'PreRestore', 'PostRestore'] as const;
    expect(
      hookFindings(
        phases.map((phase) => ({ ...sound, hook: hookOf({ phase }) })),
        settings,
      ),
    ).toEqual([]);
  });

  it.each<[string, HookLookup[], string]>([
    ['InvalidHookRef', [{ hook: hookOf() }], 'openshift-migration/drain (PreBackup)'],
    ['HookNotReady', [{ hook: hookOf(), object: migHookOf({}, false) }], 'openshift-migration/drain (PreBackup)'],
    ['InvalidHookSAName', [{ ...sound, hook: hookOf({ serviceAccount: 'The Hooks' }) }], '"The Hooks" of hook'],
    ['InvalidHookNSName', [{ ...sound, hook: hookOf({ executionNamespace: 'tools.old' }) }], '"tools.old" of hook'],
    [
      'HookNamespaceProtected',
      [{ ...sound, hook: hookOf({ executionNamespace: 'kube-system' }) }],
      '"kube-system" of hook',
    ],
    [
      'HookNamespaceProtected',
      [{ ...sound, hook: hookOf({ executionNamespace: 'openshift-etcd' }) }],
      '"openshift-etcd"',
    ],
    ...['migration-controller', 'velero', 'velero-server', 'node-agent', 'restic'].map(
      (serviceAccount): [string, HookLookup[], string] => [
        'HookServiceAccountProtected',
        [{ ...sound, hook: hookOf({ serviceAccount }) }],
        `"${serviceAccount}" of hook`,
      ],
    ),
    ['HookPhaseUnknown', [{ ...sound, hook: hookOf({ phase: 'MidBackup' as never }) }], '"MidBackup" of hook'],
    ['HookPhaseDuplicate', [sound, sound], 'PreBackup'],
    [
      'HookImageNotSet',
      [{ hook: hookOf(), object: migHookOf({ custom: false, image: undefined, playbook: 'eA==' }) }],
      'openshift-migration/drain (PreBackup)',
    ],
  ])('raise %s', (type, lookups, item) => {
    expect(hookFindings(lookups, settings)).toMatchObject([
      { type, category: CATEGORY.Critical, items: [expect.stringContaining(item)] },
    ]);
  });

  it('run in their own image, playbooks else in the one of the settings', () => {
    expect(imageOf(migHookOf().spec, runner)).toBe('quay.io/team/hook:1');
    expect(imageOf(migHookOf({ custom: false, image: undefined }).spec, runner)).toBe(runner);
    expect(imageOf(migHookOf({ custom: false }).spec, runner)).toBe('quay.io/team/hook:1');
    expect(imageOf(migHookOf({ image: '' }).spec, runner)).toBe('');
  });
});

describe('the place of a hook', () => {
  const place = {
    hook: hookOf(),
    cluster: 'source',
    namespaceExists: true,
    serviceAccountExists: true,
    isPowerful: false,
    isRefused: false,
  };

  it('is not one whose owner refuses hooks, nor the account of what moves clusters', () => {
    expect(hookPlaceFindings([{ ...place, isPowerful: true }])).toMatchObject([
      {
        type: 'HookServiceAccountProtected',
        category: 'Critical',
        items: ['tools/hooks on cluster source (PreBackup)'],
      },
    ]);
    expect(hookPlaceFindings([{ ...place, isRefused: true }])).toMatchObject([
      { type: 'HookNamespaceProtected', reason: 'Refused', items: ['tools/hooks on cluster source (PreBackup)'] },
    ]);
  });

  it('must be there, with the service account', () => {
    expect(hookPlaceFindings([place])).toEqual([]);
    const lost = { ...place, namespaceExists: false, serviceAccountExists: false };
    expect(hookPlaceFindings([lost, { ...place, serviceAccountExists: false }])).toMatchObject([
      { type: 'InvalidHookNSName', reason: 'NotFound', items: ['tools on cluster source (PreBackup)'] },
      { type: 'InvalidHookSAName', reason: 'NotFound', items: ['tools/hooks on cluster source (PreBackup)'] },
    ]);
  });

  it.each<[string, Partial<PlanHook>, string, string | undefined]>([
    ['a PostRestore hook in a namespace of the target', { phase: 'PostRestore' }, 'destination', 'shop'],
    ['one that runs before Restore', { phase: 'PreRestore' }, 'destination', undefined],
    ['one on the source', { phase: 'PostRestore' }, 'source', undefined],
    ['one in another namespace', { phase: 'PostRestore', executionNamespace: 'tools' }, 'destination', undefined],
  ])('arrives with the migration for %s', (_, changes, targetCluster, from) => {
    const lookup = { hook: hookOf({ executionNamespace: 'store', ...changes }), object: migHookOf({ targetCluster }) };
    expect(arrivesFrom(lookup, parseMappings(['shop:store']))).toBe(from);
  });
});
