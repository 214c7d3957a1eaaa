import { describe, expect, it } from 'vitest';
import { objectOf, planOf, volumeOf } from '../../test/kit/fakes/plan-objects.js';
import type { MigMigration } from '../kinds/mig-migration.js';
import { intraClusterFindings } from './intra-cluster.js';
import { itineraryOf } from './itinerary.js';
import { parseMappings } from './mappings.js';
import { convertsOnly, planTypeFindings } from './plan-type.js';
import { refuseWithinOneCluster } from './within-one-cluster.js';

const migration = (spec: object = {}) => ({ spec }) as MigMigration;
const renamed = (names: Record<string, string>, namespace = 'shop') =>
  Object.entries(names).map(([claim, name]) =>
    volumeOf({}, { name: `pv-${claim}`, pvc: { namespace, name: `${claim}:${name}` } }),
  );
const STATE = { migrateState: true };

describe('a migration', () => {
  it.each([
    [{}, false, ['shop'], 'Final'],
    [{ stage: true }, true, ['shop'], 'Stage'],
    [{ rollback: true }, true, ['shop'], 'Rollback'],
    [STATE, false, ['shop'], 'State'],
    [STATE, true, ['shop', 'web'], 'Conversion'],
    [STATE, true, ['shop:shop'], 'Conversion'],
    [STATE, true, ['shop:store'], 'State'],
  ])('of %j, within one cluster %j, of %j is a %s', (spec, oneCluster, namespaces, expected) => {
    const itinerary = itineraryOf(spec as MigMigration['spec'], { oneCluster, namespaces: parseMappings(namespaces) });
    expect(itinerary).toBe(expected);
  });

  it.each<[string, object, string[], Record<string, string>, string[]]>([
    ['a cutover in place', {}, ['shop'], {}, ['IntraClusterMigration']],
    ['a stage in place', { stage: true }, ['shop'], {}, ['IntraClusterMigration']],
    ['a cutover onto another source', {}, ['shop:store', 'store:x'], {}, ['IntraClusterMigration']],
    ['a cutover onto another namespace', {}, ['shop:store'], { a: 'a' }, []],
    ['a state migration onto another namespace', STATE, ['shop:store'], { a: 'a', b: 'b' }, []],
    ['a conversion', STATE, ['shop'], { a: 'a-2', b: 'b-2' }, []],
    ['a conversion of a claim into itself', STATE, ['shop'], { a: 'a' }, ['ConflictingPVCMappings']],
    ['a conversion into another source', STATE, ['shop'], { a: 'b', b: 'c' }, ['ConflictingPVCMappings']],
    ['two claims into one', STATE, ['shop:store'], { a: 'c', b: 'c' }, ['ConflictingPVCMappings']],
    ['a rollback', { rollback: true }, ['shop'], { a: 'a' }, []],
  ])('within one cluster: %s', (_, spec, namespaces, claims, expected) => {
    const plan = planOf({ namespaces, persistentVolumes: renamed(claims) });
    expect(refuseWithinOneCluster(migration(spec), plan).map(({ condition }) => condition)).toEqual(expected);
  });

  it('into a source that is skipped is not a conflict', () => {
    const [a, b] = renamed({ a: 'b', b: 'c' });
    const persistentVolumes = [a, { ...b, selection: { action: 'skip' } }];
    expect(refuseWithinOneCluster(migration(STATE), planOf({ namespaces: ['shop'], persistentVolumes }))).toEqual([]);
  });
});

describe('a plan within one cluster', () => {
  const namespace = (name: string, range: string) =>
    objectOf('Namespace', name, { metadata: { annotations: { 'openshift.io/sa.scc.uid-range': range } } });
  const pair = (range: string) => [{ source: namespace('shop', '1/10'), target: namespace('store', range) }];

  it.each<[object, Parameters<typeof intraClusterFindings>[1], object[]]>([
    [{ namespaces: ['shop'] }, [], []],
    [{ namespaces: ['shop:store', 'web:site'] }, pair('1/10'), []],
    [
      { namespaces: ['shop:store', 'web'] },
      [],
      [{ category: 'Critical', reason: 'ConflictingNamespaces', items: ['web'] }],
    ],
    [{ namespaces: ['shop:store'] }, pair('2/10'), [{ category: 'Warn', reason: 'ConflictingPermissions' }]],
    [
      { namespaces: ['shop'], indirectVolumeMigration: true },
      [],
      [{ category: 'Critical', reason: 'NamespaceMigrationPlan' }],
    ],
  ])('%j', (spec, pairs, expected) => {
    expect(intraClusterFindings(planOf(spec as never), pairs)).toMatchObject(expected);
  });
});

describe('the type of a plan', () => {
  const plain = [volumeOf()];
  it.each([
    [{ namespaces: ['shop'] }, true, plain, ['StorageConversionPlan']],
    [{ namespaces: ['shop'] }, false, plain, []],
    [{ namespaces: ['shop'] }, false, renamed({ a: 'b' }), ['StateMigrationPlan']],
    [{ namespaces: ['shop:store'] }, true, plain, []],
    [{ namespaces: ['shop:store'] }, true, renamed({ a: 'b' }), ['StateMigrationPlan']],
    [
      { namespaces: ['shop'], includedResources: [{ kind: 'Secret' }] },
      false,
      renamed({ a: 'b' }),
      ['NamespaceMigrationPlan'],
    ],
    [{ namespaces: ['shop'], indirectVolumeMigration: true }, true, plain, ['NamespaceMigrationPlan']],
  ])('%j, within one cluster %j', (spec, sameCluster, volumes, expected) => {
    const findings = planTypeFindings(planOf(spec), sameCluster, volumes);
    expect(findings.map(({ reason }) => reason)).toEqual(expected);
  });

  it('tells whether it needs a repository', () => {
    expect(convertsOnly(planOf({ namespaces: ['shop', 'web:web'] }), true)).toBe(true);
    expect(convertsOnly(planOf({ namespaces: ['shop'] }), false)).toBe(false);
    expect(convertsOnly(planOf({ namespaces: ['shop:store', 'web'] }), true)).toBe(false);
    expect(convertsOnly(planOf({ namespaces: [] }), true)).toBe(false);
  });
});
