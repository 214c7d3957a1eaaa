import { expect, it } from 'vitest';
import { formatLabelSelector } from './label-selector.js';

it.each([
  [undefined, undefined],
  [{}, undefined],
  [{ matchLabels: { app: 'shop', tier: 'web' } }, 'app=shop,tier=web'],
  [
    {
      matchLabels: { app: 'shop' },
      matchExpressions: [
        { key: 'tier', operator: 'In', values: ['web', 'db'] },
        { key: 'stage', operator: 'NotIn', values: ['test'] },
        { key: 'owner', operator: 'Exists' },
        { key: 'temp', operator: 'DoesNotExist' },
      ],
    },
    'app=shop,tier in (web,db),stage notin (test),owner,!temp',
  ],
])('%j', (selector, expected) => {
  expect(formatLabelSelector(selector)).toBe(expected);
});
