import { expect, it } from 'vitest';
import { versioningFromEnvironment } from './versioning-environment.js';

const MTC_BUILD_ID = '1.0.0-canary';

it.each([
  [{ MTC_BUILD_ID }, 'on', { buildId: MTC_BUILD_ID, takesOver: true }],
  [{ MTC_BUILD_ID }, 'off', undefined],
  [{ MTC_BUILD_ID, MTC_WORKER_VERSIONING: 'manual' }, 'on', { buildId: MTC_BUILD_ID, takesOver: false }],
  [{ MTC_BUILD_ID, MTC_WORKER_VERSIONING: 'on' }, 'off', { buildId: MTC_BUILD_ID, takesOver: true }],
  [{ MTC_BUILD_ID, MTC_WORKER_VERSIONING: 'off' }, 'on', undefined],
  [{ MTC_BUILD_ID, MTC_WORKER_VERSIONING: '' }, 'off', undefined],
] as const)('%j of a process that has it %s by itself', async (environment, otherwise, expected) => {
  expect(await versioningFromEnvironment(environment, otherwise)).toEqual(expected);
});

it.each([
  [{ MTC_WORKER_VERSIONING: 'yes' }, 'MTC_WORKER_VERSIONING is "yes"; it is one of on, manual, off.'],
  [{ MTC_BUILD_ID: 'a:b' }, 'MTC_BUILD_ID is "a:b"; it has at most 100 letters'],
])('refuses %j', async (environment, message) => {
  await expect(versioningFromEnvironment(environment, 'on')).rejects.toThrow(message);
});
