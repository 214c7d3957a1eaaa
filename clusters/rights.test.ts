import { describe, expect, it } from 'vitest';
import { FakeApiServer, json } from '../test/support/fake-api-server.js';
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
    api.answer((request, response) => {
      const { resource, verb } = (request.body as { spec: { resourceAttributes: RequiredRight } }).spec
        .resourceAttributes;
      json(201, { status: { allowed: !(resource === 'pods' && verb === 'create') && resource !== 'restores' } })(
        request,
        response,
      );
    });
    const missing = await missingRights(connectCluster(api.access));
    expect(missing.map(describeRight)).toEqual([
      'create pods',
      'create restores.velero.io in namespace openshift-migration',
      'patch restores.velero.io in namespace openshift-migration',
    ]);
    expect(missing[0]?.why).toContain('Volumes are copied by pods');
    expect(JSON.stringify(api.requests[0]?.body)).not.toContain('why');
  });
});
