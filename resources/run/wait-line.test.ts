import { describe, expect, it } from 'vitest';
import { isWaitLine, waitLine } from './wait-line.js';

const wait = { title: 'the last pod to end', where: 'cluster source', since: '2026-01-01T12:00:01Z' };

describe('waitLine', () => {
  it.each([
    [{}, 'Waiting since 2026-01-01T12:00:01Z: the last pod to end, cluster source'],
    [
      { patienceSeconds: 600, lastSeen: 'Pods left (1): shop/web.', lastEvent: 'Warning FailedKillPod: no' },
      'Waiting since 2026-01-01T12:00:01Z (gives up after 10 min without movement): the last pod to end, cluster source; seen: Pods left (1): shop/web.; last event: Warning FailedKillPod: no',
    ],
    [
      { patienceSeconds: 90, now: 'pod shop/db to end' },
      'Waiting since 2026-01-01T12:00:01Z (gives up after 90 s without movement): the last pod to end, cluster source, now for pod shop/db to end',
    ],
  ])('of %j', (more, line) => {
    expect(waitLine({ ...wait, ...more })).toBe(line);
    expect(isWaitLine(line)).toBe(true);
    expect(isWaitLine(line, wait.title)).toBe(true);
    expect(isWaitLine(line, 'the last pod')).toBe(false);
  });

  it('is cut where it gets too long', () => {
    expect(waitLine({ ...wait, lastSeen: 'x'.repeat(5_000) })).toHaveLength(600);
  });
});

it('other lines of progress tell of no wait', () => {
  expect(isWaitLine('shop/data: 10 % of 1 GiB')).toBe(false);
});
