import { describe, expect, it } from 'vitest';
import { FakeApiServer, json } from '../test/kit/fakes/fake-api-server.js';
import { connectCluster } from './connect-cluster.js';
import { PREPARATION } from './preparation/manifests.js';
import { describeRight, missingRights, REQUIRED_RIGHTS, type RequiredRight } from './rights.js';

interface Rule {
  apiGroups: string[];
  resources: string[];
  verbs: string[];
}
const rulesOf = (kind: string): Rule[] => PREPARATION.find((object) => object.kind === kind)?.rules;
const path = ({ resource, subresource }: RequiredRight) => (subresource ? `${resource}/${subresource}` : resource);

describe('rights', () => {
  it('are all granted by the roles that prepare-cluster makes', () => {
    const denied = REQUIRED_RIGHTS.filter((right) => {
      const rules = right.namespace ? rulesOf('Role') : rulesOf('ClusterRole');
      return !rules.some(
        ({ apiGroups, resources, verbs }) =>
          apiGroups.includes(right.group) && resources.includes(path(right)) && verbs.includes(right.verb),
      );
    });
    expect(denied).toEqual([]);
  });

  it('let no kind be created or changed by wildcard', () => {
    const wildcards = [...rulesOf('ClusterRole'), ...rulesOf('Role')].filter(({ apiGroups, resources, verbs }) =>
      [...apiGroups, ...resources, ...verbs].includes('*'),
    );
    expect(wildcards.flatMap(({ verbs }) => verbs)).toEqual(['get', 'list', 'watch', 'delete']);
  });

  it('that are denied are found and can be read', async () => {
    await using api = await FakeApiServer.start();
    const asked = reviewing(api, ({ resource, verb }) => {
      const denied = (resource === 'pods' && verb === 'create') || resource === 'restores';
      return !denied;
    });
    const missing = await missingRights(connectCluster(api.access));
    expect(missing.map(describeRight)).toEqual([
      'create pods',
      'create restores.velero.io in namespace openshift-migration',
      'patch restores.velero.io in namespace openshift-migration',
    ]);
    expect(missing[0]?.why).toContain('Volumes are copied by pods');
    expect(JSON.stringify(asked)).not.toContain('why');
  });

  it.each([
    [[], []],
    [
      ['kubevirt.io'],
      [
        'create virtualmachines.kubevirt.io',
        'patch virtualmachines.kubevirt.io',
        'update virtualmachines/start.subresources.kubevirt.io',
      ],
    ],
    [['keda.sh'], ['patch scaledobjects.keda.sh', 'patch scaledjobs.keda.sh']],
    [
      ['apps.openshift.io'],
      ['create deploymentconfigs.apps.openshift.io', 'patch deploymentconfigs.apps.openshift.io'],
    ],
  ])('on types that only some clusters serve are asked for where they are: %j', async (served, expected) => {
    await using api = await FakeApiServer.start();
    reviewing(api, ({ group }) => !/openshift|kubevirt|keda/.test(group), served);
    const missing = await missingRights(connectCluster(api.access));
    expect(missing.map(describeRight)).toEqual(expected);
  });
});

/** Answers reviews, and serves one type of each of these groups. */
function reviewing(api: FakeApiServer, allows: (right: RequiredRight) => boolean, groups: string[] = []): unknown[] {
  const asked: unknown[] = [];
  const lists: Record<string, object> = {
    '/api': { kind: 'APIVersions', versions: ['v1'] },
    '/apis': {
      kind: 'APIGroupList',
      groups: groups.map((name) => {
        const version = { groupVersion: `${name}/v1`, version: 'v1' };
        return { name, versions: [version], preferredVersion: version };
      }),
    },
    ...Object.fromEntries(
      groups.map((group) => [
        `/apis/${group}/v1`,
        { resources: [{ name: 'things', kind: 'Thing', namespaced: true, verbs: ['list'] }] },
      ]),
    ),
  };
  api.answer((request, response) => {
    if (request.method === 'GET') return json(200, lists[request.path])(request, response);
    asked.push(request.body);
    const right = (request.body as { spec: { resourceAttributes: RequiredRight } }).spec.resourceAttributes;
    return json(201, { status: { allowed: allows(right) } })(request, response);
  });
  return asked;
}
