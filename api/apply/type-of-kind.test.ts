import { describe, expect, it } from 'vitest';
import { KINDS } from '../../resources/kinds/index.js';
import { migPlan } from '../../resources/kinds/mig-plan.js';
import { type FieldType, typeOfKey } from './field-type.js';
import { ignoredBy, typeOfKind } from './type-of-kind.js';

const at = (type: FieldType | undefined, ...path: string[]): FieldType | undefined =>
  path.reduce<FieldType | undefined>((node, key) => (node?.form === 'map' ? typeOfKey(node, key) : undefined), type);

describe('the shape of a kind', () => {
  it.each(KINDS.map((kind) => [kind.kind, kind] as const))(
    '%s: finalizers and owners are lists of entries',
    (_, kind) => {
      const metadata = at(typeOfKind(kind), 'metadata');
      expect(at(metadata, 'finalizers')).toEqual({ form: 'list', item: { form: 'leaf' } });
      expect(at(metadata, 'ownerReferences')).toMatchObject({ form: 'list', keys: new Map([['uid', undefined]]) });
      if (kind.status) {
        expect(at(typeOfKind(kind), 'status', 'conditions')).toMatchObject({ keys: new Map([['type', undefined]]) });
      }
    },
  );

  it('has the lists of a plan by what names their entries', () => {
    const plan = typeOfKind(migPlan);
    expect(at(plan, 'spec', 'persistentVolumes')).toMatchObject({ form: 'list', keys: new Map([['name', undefined]]) });
    expect(at(plan, 'spec', 'hooks')).toMatchObject({ form: 'list', keys: new Map([['phase', undefined]]) });
    expect(at(plan, 'spec', 'namespaces')).toEqual({ form: 'leaf' });
    expect(at(plan, 'spec', 'srcMigClusterRef', 'name')).toEqual({ form: 'leaf' });
    expect(at(plan, 'spec', 'nothing')).toBeUndefined();
  });

  it('is ignored but for the part that an endpoint writes', () => {
    expect([...ignoredBy(migPlan, undefined).paths()]).toEqual([['f:status']]);
    expect(ignoredBy(migPlan, 'status').has(['f:spec'])).toBe(true);
    expect(ignoredBy(migPlan, 'status').has(['f:status'])).toBe(false);
  });
});
