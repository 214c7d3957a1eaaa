import { ApplicationFailure } from '@temporalio/common';
import { describe, expect, it } from 'vitest';
import { serverUnavailable } from '../test/kit/fakes/unavailable-server.js';
import { activityFailure } from './activity-failure.js';

const pauseOf = (activityType: string, retryAfter: string): unknown => {
  const failure = activityFailure({ info: { activityType } as never }, serverUnavailable(retryAfter));
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
    'is not heeded by %s, during which the application is down',
    (activity) => expect(pauseOf(activity, '3600')).toBeUndefined(),
  );
});
