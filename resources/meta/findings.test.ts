import { expect, it } from 'vitest';
import { critical, isWarning, warn } from './findings.js';

it('make findings of the types that the catalogue has in their category', () => {
  expect(critical('InvalidURL', 'NotSet', 'no address')).toEqual({
    type: 'InvalidURL',
    category: 'Critical',
    reason: 'NotSet',
    message: 'no address',
  });
  expect([critical('InvalidPVCs', undefined, ''), warn('HelpersLeft', undefined, '', ['a'])].filter(isWarning)).toEqual(
    [{ type: 'HelpersLeft', category: 'Warn', message: '', items: ['a'] }],
  );
});

it('do not compile for an unknown type, or one of another category', () => {
  // @ts-expect-error not in the catalogue
  critical('NeverHeardOf', undefined, '');
  // @ts-expect-error a condition of category Critical
  warn('InvalidURL', undefined, '');
});
