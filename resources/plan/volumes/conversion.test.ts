import { describe, expect, it } from 'vitest';
import { objectOf, volumeOf } from '../../../test/kit/fakes/plan-objects.js';
import { LABELS } from '../../meta/labels.js';
import { claimNameFindings } from './claim-names.js';
import {
  conversionFindings,
  isBesideApplication,
  machinesWithDataVolumes,
  statefulSetClaimFindings,
} from './conversion.js';
import { conversionNames } from './conversion-names.js';

const statefulSet = (name: string, ...templates: string[]) =>
  objectOf('StatefulSet', name, {
    spec: { volumeClaimTemplates: templates.map((template) => ({ metadata: { name: template } })) },
  });
const bound = (name: string) => objectOf('PersistentVolumeClaim', name, { status: { phase: 'Bound' } });
const copied = (name: string, action: 'copy' | 'skip' = 'copy') =>
  volumeOf({ action }, { name: `pv-${name}`, pvc: { namespace: 'shop', name } });

describe('names of converted claims', () => {
  const nameOf = (name: string, others: string[] = [], namespace = 'shop') => {
    const claims = [name, ...others].map((claim) => ({ namespace, name: claim }));
    return conversionNames(
      claims,
      [statefulSet('db', 'log', 'old-mig-1234', 'l'.repeat(60))],
      'abcd',
    )(claims[0] as never);
  };
  it.each([
    ['data', 'data-mig-abcd'],
    ['data-mig-1234', 'data-mig-abcd'],
    ['data-new', 'data-mig-abcd'],
    ['data-migrate', 'data-migrate-mig-abcd'],
    ['log-db-0', 'log-mig-abcd-db-0'],
    ['log-db-12', 'log-mig-abcd-db-12'],
    ['old-mig-1234-db-0', 'old-mig-abcd-db-0'],
    ['log-other-0', 'log-other-0-mig-abcd'],
    [`${'l'.repeat(60)}-db-0`, `${'l'.repeat(54)}-mig-abcd-db-0`],
    ['a'.repeat(253), `${'a'.repeat(244)}-mig-abcd`],
    [`${'a'.repeat(243)}-${'b'.repeat(9)}`, `${'a'.repeat(243)}-mig-abcd`],
  ])('%s → %s', (claim, expected) => {
    expect(nameOf(claim)).toBe(expected);
  });

  it('belong to one claim each', () => {
    expect(nameOf('data-new', ['data'])).toBe('data-new-mig-abcd');
    expect(nameOf('data', ['other'])).toBe('data-mig-abcd');
  });

  it('are those of a template only where its StatefulSet is', () => {
    expect(nameOf('log-db-0', [], 'web')).toBe('log-db-0-mig-abcd');
  });
});

describe('claims that stand beside an application', () => {
  it.each([
    [{}, false],
    [{ [LABELS.migratedByPlan]: 'mine' }, true],
    [{ [LABELS.migratedByPlan]: 'other' }, false],
    [{ [LABELS.conversionSource]: 'mine' }, false],
    [{ [LABELS.conversionSource]: 'other' }, true],
  ])('%j: %s', (labels, expected) => {
    expect(isBesideApplication(objectOf('PersistentVolumeClaim', 'data', { metadata: { labels } }), 'mine')).toBe(
      expected,
    );
  });
});

describe('a conversion', () => {
  it.each([
    [[copied('data')], 2, []],
    [[copied('data', 'skip')], 2, [/No volume/]],
    [[], 2, [/No volume/]],
    [[copied('data')], 1, [/1 storage class/]],
  ])('%#', (volumes, classes, messages) => {
    expect(conversionFindings(volumes, classes)).toEqual(
      messages.map((message) =>
        expect.objectContaining({
          type: 'StorageClassConversionUnavailable',
          category: 'Critical',
          message: expect.stringMatching(message),
        }),
      ),
    );
  });
});

describe('virtual machines', () => {
  it('are named where disks that are copied are DataVolumes', () => {
    const machine = objectOf('VirtualMachine', 'vm', {
      spec: {
        template: {
          spec: { volumes: [{ dataVolume: { name: 'disk' } }, { persistentVolumeClaim: { claimName: 'data' } }] },
        },
      },
    });
    expect(machinesWithDataVolumes([machine], [copied('disk:disk-2')])).toEqual(['shop/vm (disk)']);
    expect(machinesWithDataVolumes([machine], [copied('disk', 'skip'), copied('data:data-2')])).toEqual([]);
  });
});

describe('claims of StatefulSets under other names', () => {
  const claims = [bound('log-db-0'), bound('log-db-1')];
  it.each<[string, ReturnType<typeof copied>[], RegExp[]]>([
    ['alike', [copied('log-db-0:new-db-0'), copied('log-db-1:new-db-1')], []],
    ['as they are', [copied('log-db-0'), copied('log-db-1', 'skip')], []],
    ['anyhow', [copied('log-db-0:a'), copied('log-db-1:new-db-1')], [/must end with -db-0/]],
    ['one of them left out', [copied('log-db-0:new-db-0'), copied('log-db-1', 'skip')], [/log-db-1 is not copied/]],
  ])('%s', (_, volumes, problems) => {
    const items = statefulSetClaimFindings(volumes, [statefulSet('db', 'log')], claims).flatMap(
      (finding) => finding.items ?? [],
    );
    expect(items).toEqual(problems.map((problem) => expect.stringMatching(problem)));
  });
});

describe('names of claims on the target', () => {
  it.each([
    ['one each', [copied('a'), copied('b:c')], false, []],
    [
      'one for two',
      [copied('a:c'), copied('b:c')],
      false,
      ['shop/a goes to c as others do', 'shop/b goes to c as others do'],
    ],
    ['its own in a conversion', [copied('a:a'), copied('b:b-2')], true, ['shop/a keeps its name']],
    ['its own elsewhere', [copied('a:a')], false, []],
    ['of one that is skipped', [copied('a', 'skip'), copied('b:a')], true, []],
  ])('%s', (_, volumes, converts, expected) => {
    expect(claimNameFindings(volumes, converts).flatMap((finding) => finding.items ?? [])).toEqual(expected);
  });
});
