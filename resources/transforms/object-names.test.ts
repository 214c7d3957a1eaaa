import { describe, expect, it } from 'vitest';
import { patchObjects } from './resource-modifiers.js';
import { dropGeneratedSecrets } from './service-accounts.js';

/** RBAC takes any name that can stand in a path: all characters but `/` and `%`. */
const LEGAL = Array.from({ length: 0x7f - 0x20 }, (_, index) => String.fromCharCode(0x20 + index)).filter(
  (character) => character !== '/' && character !== '%',
);

const regexOf = (...names: string[]): string =>
  patchObjects({ groupResource: 'rolebindings.rbac.authorization.k8s.io' }, names, {}).conditions.resourceNameRegex ??
  '';

describe('a rule for objects of odd names', () => {
  it.each(LEGAL)('means exactly the name with %j', (character) => {
    const name = `a${character}b`;
    const regex = new RegExp(regexOf(name));
    expect(regex.test(name)).toBe(true);
    for (const other of ['ab', 'aab', 'abb', 'axb', 'a', 'b', `x${name}`, `${name}x`]) {
      expect(regex.test(other)).toBe(other === name);
    }
    // Go takes no expression that begins a repetition, and repeats none.
    expect(regexOf(`${character}${character}`)).not.toMatch(/(^|[^\\])[*+?]{2}/);
  });

  it.each([
    'robot+ci@example.com',
    'c++-builders',
    'system:controller:foo_bar',
    'a|b',
    '(group)',
    'back\\slash',
    '[x]{2}',
    '^$',
    'größer',
  ])('%s, among others', (name) => {
    const regex = new RegExp(regexOf('plain', name, 'other'));
    expect(['plain', name, 'other'].every((each) => regex.test(each))).toBe(true);
    expect(regex.test(`${name}${name}`)).toBe(false);
  });

  it('tells the generated secrets of an account by its name', () => {
    const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'a.b' } };
    const secrets = [{ name: 'a.b-token-abcde' }, { name: 'axb-token-abcde' }];
    expect(dropGeneratedSecrets({ ...account, secrets }).secrets).toEqual([{ name: 'axb-token-abcde' }]);
  });
});
