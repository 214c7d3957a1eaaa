import { ApplicationFailure } from '@temporalio/common';
import { describe, expect, it } from 'vitest';
import { refusal } from '../clusters/api-failures.js';
import { activityFailure } from './activity-failure.js';

const unavailable = (retryAfter: string) =>
  refusal(
    { verb: 'patch', object: 'Deployment shop/web', path: '/x' },
    { name: 'source', server: 'https://api' },
    {
      code: 503,
      body: 'maintenance',
      retryAfter,
    },
  );
const pauseOf = (activityType: string, retryAfter: string): unknown => {
  const failure = activityFailure({ info: { activityType } as never }, unavailable(retryAfter));
  expect(failure).toBeInstanceOf(ApplicationFailure);
  return (failure as ApplicationFailure).nextRetryDelay;
};

describe('the pause a server asks for', () => {
  it.each([
    ['3600', 10_000],
    ['1e9', 10_000],
    ['11', 10_000],
    ['2', 2_000],
    ['-5', undefined],
    ['Infinity', undefined],
    ['Wed, 21 Oct 2099 07:28:00 GMT', undefined],
    ['', undefined],
  ])('"%s" makes the next attempt wait %s ms', (retryAfter, expected) => {
    expect(pauseOf('quiesceApplications', retryAfter)).toBe(expected);
  });

  it.each(['unquiesceSource', 'confirmTargetDown', 'swapClaims', 'haltTarget', 'waitForRestoreIdle'])(
    'is not heeded by %s, while which the application stands still',
    (activity) => expect(pauseOf(activity, '3600')).toBeUndefined(),
  );
});
