import { describe, expect, it } from 'vitest';
import type { KubeObject } from './kube-object.js';
import { matchesFields, matchesLabels, parseFieldSelector, parseLabelSelector, SelectorError } from './selectors.js';

const matching = (selector: string, labels?: Record<string, string>) =>
  matchesLabels(parseLabelSelector(selector), labels);

describe('label selectors', () => {
  const labels = { app: 'shop', tier: 'web', 'migration.openshift.io/migplan-name': 'plan-1', empty: '', rank: '2' };

  it.each([
    ['', true],
    ['app=shop', true],
    ['app==shop', true],
    ['app = shop , tier = web', true],
    ['app=bank', false],
    ['app!=bank', true],
    ['app!=shop', false],
    ['absent!=x', true],
    ['app in (bank, shop)', true],
    ['app in (bank)', false],
    ['app notin (bank,till),tier in (web,db)', true],
    ['app notin (shop)', false],
    ['absent notin (x)', true],
    ['absent in (x)', false],
    ['app', true],
    ['absent', false],
    ['!absent', true],
    ['! app', false],
    ['empty=', true],
    ['absent=', false],
    ['toString', false],
    ['migration.openshift.io/migplan-name=plan-1', true],
    ['rank>1', true],
    ['rank < 3,rank>-1', true],
    ['rank>2', false],
    ['app>1', false],
    ['absent<1', false],
  ])('%s → %s', (selector, expected) => {
    expect(matching(selector, labels)).toBe(expected);
  });

  it('takes an object without labels', () => {
    expect(matching('!app')).toBe(true);
    expect(matching('app')).toBe(false);
  });

  it.each(['app=', 'app in ()'])('%s asks for the empty value', (selector) => {
    expect(matching(selector, { app: '' })).toBe(true);
  });

  it.each(['=x', 'a=b=c', 'a,', 'a in (b', 'a in b', 'a b', 'a in (b c)', 'a>b', "a='b'"])('refuses %s', (selector) => {
    expect(() => parseLabelSelector(selector)).toThrow(SelectorError);
  });
});

it('a selector has a bound of parts', () => {
  expect(parseLabelSelector('a=b,'.repeat(199).slice(0, -1))).toHaveLength(199);
  expect(() => parseLabelSelector('a=b,'.repeat(100_000))).toThrow(/at most 200 parts/);
  expect(() => parseFieldSelector('metadata.name=b,'.repeat(100_000))).toThrow(/at most 200 parts/);
});

describe('field selectors', () => {
  const event: KubeObject = {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: 'plan-1.1', namespace: 'openshift-migration' },
    involvedObject: { kind: 'MigPlan', uid: 'u-1' },
    message: 'a,b=c',
    count: 3,
  };

  it.each([
    ['', true],
    ['metadata.name=plan-1.1', true],
    ['metadata.name!=plan-1.1', false],
    ['involvedObject.uid=u-1,involvedObject.kind==MigPlan', true],
    ['involvedObject.uid=u-2,involvedObject.kind==MigPlan', false],
    ['count=3', true],
    ['involvedObject.fieldPath=', true],
    ['status.phase=Running', false],
    [String.raw`message=a\,b\=c`, true],
  ])('%s → %s', (selector, expected) => {
    expect(matchesFields(parseFieldSelector(selector), event)).toBe(expected);
  });

  it.each(['metadata.name', '=x', 'a=b,'])('refuses %s', (selector) => {
    expect(() => parseFieldSelector(selector)).toThrow(SelectorError);
  });
});
