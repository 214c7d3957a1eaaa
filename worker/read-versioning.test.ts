import { expect, it } from 'vitest';
import { readVersioning } from './read-versioning.js';

const buildId = '1.0.0-canary';

it.each([
  [{ buildId }, 'on', { buildId, takesOver: true }],
  [{ buildId }, 'off', undefined],
  [{ buildId, mode: 'manual' }, 'on', { buildId, takesOver: false }],
  [{ buildId, mode: 'on' }, 'off', { buildId, takesOver: true }],
  [{ buildId, mode: 'off' }, 'on', undefined],
] as const)('%j of a process that has it %s by itself', async (given, otherwise, expected) => {
  expect(await readVersioning(given, otherwise)).toEqual(expected);
});
