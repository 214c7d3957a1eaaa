import { describe, expect, it } from 'vitest';
import { FakeCluster } from '../../test/kit/fakes/fake-cluster.js';
import { MADE_BY_PREPARATION, migrationNamespace, SECURITY_LEVEL } from './manifests.js';
import { prepareCluster } from './prepare-cluster.js';

/** What is applied of the namespace, where it is as given before. */
async function applied(before: object | undefined, nodeAgent: boolean) {
  const cluster = new FakeCluster('target');
  const seen: unknown[] = [];
  const client = {
    ...cluster.client,
    get: async (ref: { kind: string }) =>
      ref.kind === 'Namespace'
        ? before && { ...migrationNamespace, metadata: { name: 'x', labels: before } }
        : undefined,
    apply: async (object: { kind: string; metadata: { labels?: object } }) => {
      if (object.kind === 'Namespace') seen.push(object.metadata.labels);
      if (object.kind === 'Secret') throw new Error('far enough');
      return object;
    },
  };
  await prepareCluster(client as never, undefined, { nodeAgent }).catch(() => undefined);
  return seen[0];
}

describe('the namespace of the migration components', () => {
  it('admits no privileged pods, but for a node agent that is asked for', async () => {
    expect(await applied(undefined, false)).toEqual({ ...MADE_BY_PREPARATION, [SECURITY_LEVEL]: 'baseline' });
    expect(await applied(undefined, true)).toEqual({ ...MADE_BY_PREPARATION, [SECURITY_LEVEL]: 'privileged' });
    expect(await applied({ ...MADE_BY_PREPARATION, [SECURITY_LEVEL]: 'privileged' }, false)).toMatchObject({
      [SECURITY_LEVEL]: 'baseline',
    });
  });

  it('keeps the level it has where it was there before', async () => {
    expect(await applied({}, false)).toEqual({});
    expect(await applied({ [SECURITY_LEVEL]: 'restricted' }, false)).toEqual({});
    expect(await applied({}, true)).toEqual({ [SECURITY_LEVEL]: 'privileged' });
  });
});
