import { describe, expect, it } from 'vitest';
import { objectOf } from '../../test/kit/fakes/plan-objects.js';
import { helperPlacement, type Placement, placementOf } from './placement.js';

const terms = (...matchExpressions: { key: string; operator: string; values?: string[] }[]) => [{ matchExpressions }];
const node = (labels: Record<string, string>, spec: object = {}) =>
  objectOf('Node', 'n', { metadata: { labels }, spec });
const toleration = { key: 'dedicated', operator: 'Equal', value: 'database', effect: 'NoSchedule' };
const taint = { key: 'dedicated', value: 'database', effect: 'NoSchedule' };
const fast = { nodeSelector: { disk: 'fast' } };
const affinity = (nodeSelectorTerms: object) => ({
  affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } } },
});

it('of a pod is what it tolerates and asks of its node', () => {
  const nodeSelectorTerms = terms({ key: 'zone', operator: 'In', values: ['a'] });
  expect(placementOf({ tolerations: [toleration], ...fast, ...affinity(nodeSelectorTerms) })).toEqual({
    tolerations: [toleration],
    ...fast,
    nodeSelectorTerms,
  });
  expect(placementOf({ tolerations: [], nodeSelector: {} })).toEqual({});
  expect(placementOf(undefined)).toEqual({});
});

describe('a helper', () => {
  it.each<[string, Placement, ReturnType<typeof node>[], object]>([
    ['without an application', {}, [node({})], {}],
    ['tolerates what the application does', { tolerations: [toleration] }, [], { tolerations: [toleration] }],
    ['goes to its nodes', fast, [node({}), node({ disk: 'fast' })], fast],
    ['goes anywhere where there are none', fast, [node({ disk: 'slow' })], {}],
    [
      'goes anywhere when they are cordoned',
      fast,
      [node({ disk: 'fast' }, { taints: [{ key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' }] })],
      {},
    ],
    [
      'goes to tainted ones it tolerates',
      { ...fast, tolerations: [toleration] },
      [node({ disk: 'fast' }, { taints: [taint] })],
      { ...fast, tolerations: [toleration] },
    ],
    ['not to tainted ones it does not', fast, [node({ disk: 'fast' }, { taints: [taint] })], {}],
    [
      'to ones that would rather not',
      fast,
      [node({ disk: 'fast' }, { taints: [{ ...taint, effect: 'PreferNoSchedule' }] })],
      fast,
    ],
    [
      'tolerates everything',
      { ...fast, tolerations: [{ operator: 'Exists' }] },
      [node({ disk: 'fast' }, { taints: [taint] })],
      { ...fast, tolerations: [{ operator: 'Exists' }] },
    ],
    ...(
      [
        [{ key: 'disk', operator: 'In', values: ['fast', 'slow'] }, true],
        [{ key: 'disk', operator: 'In', values: ['slow'] }, false],
        [{ key: 'disk', operator: 'NotIn', values: ['slow'] }, true],
        [{ key: 'disk', operator: 'Exists' }, true],
        [{ key: 'gpu', operator: 'DoesNotExist' }, true],
        [{ key: 'gpu', operator: 'Exists' }, false],
        [{ key: 'cores', operator: 'Gt', values: ['4'] }, true],
        [{ key: 'cores', operator: 'Lt', values: ['4'] }, false],
      ] as const
    ).map(([requirement, fits]): [string, Placement, ReturnType<typeof node>[], object] => {
      const nodeSelectorTerms = terms({
        ...requirement,
        values: [...('values' in requirement ? requirement.values : [])],
      });
      const nodes = [node({ disk: 'fast', cores: '8' })];
      return [JSON.stringify(requirement), { nodeSelectorTerms }, nodes, fits ? affinity(nodeSelectorTerms) : {}];
    }),
    [
      'of a DaemonSet, bound to a node of the source',
      { nodeSelectorTerms: [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: ['other'] }] }] },
      [node({})],
      {},
    ],
  ])('%s', (_, placement, nodes, expected) => {
    expect(helperPlacement(placement, nodes)).toEqual(expected);
  });
});
