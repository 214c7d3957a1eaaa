import { describe, expect, it } from 'vitest';
import type { LoggedChange } from '../../migrations-db/migration-store.js';
import type { KubeObject } from '../../resources/meta/kube-object.js';
import { matcher, projectChange } from './project-change.js';

const object = (labels: Record<string, string>): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'a', namespace: 'n', labels },
});

const change = (type: LoggedChange['type'], next: KubeObject, previous?: KubeObject): LoggedChange => ({
  revision: '7',
  type,
  kind: 'ConfigMap',
  namespace: 'n',
  name: 'a',
  object: next,
  previous,
});

const [inside, outside] = [object({ team: 'shop' }), object({})];
const matches = matcher({ labelSelector: 'team=shop' });

describe('projectChange', () => {
  it.each([
    ['created inside', change('ADDED', inside), 'ADDED'],
    ['created outside', change('ADDED', outside), undefined],
    ['changed inside', change('MODIFIED', inside, inside), 'MODIFIED'],
    ['changed outside', change('MODIFIED', outside, outside), undefined],
    ['entering', change('MODIFIED', inside, outside), 'ADDED'],
    ['leaving', change('MODIFIED', outside, inside), 'DELETED'],
    ['deleted inside', change('DELETED', inside, inside), 'DELETED'],
    ['deleted outside', change('DELETED', outside, outside), undefined],
  ])('an object %s', (_what, logged, type) => {
    expect(projectChange(logged, matches)?.type).toBe(type);
  });

  it('shows an object that left as it was known, at the revision of its leaving', () => {
    const event = projectChange(change('MODIFIED', outside, inside), matches);
    expect(event?.object.metadata).toMatchObject({ labels: { team: 'shop' }, resourceVersion: '7' });
  });
});
