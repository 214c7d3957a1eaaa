import { describe, expect, it } from 'vitest';
import { waitLine, withWaitLines } from './waits.js';

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
  });

  it('is cut where it gets too long', () => {
    expect(waitLine({ ...wait, lastSeen: 'x'.repeat(5_000) })).toHaveLength(600);
  });
});

describe('withWaitLines', () => {
  it('has a line of each wait below the progress of its step', () => {
    const status = {
      phase: 'Restore',
      pipeline: [{ name: 'Restore', progress: ['10 %'], waits: [wait] }, { name: 'Cleanup' }],
    };
    expect(withWaitLines(status)).toEqual({
      phase: 'Restore',
      pipeline: [{ name: 'Restore', progress: ['10 %', waitLine(wait)] }, { name: 'Cleanup' }],
    });
  });

  it('leaves a status without waits as it is', () => {
    const status = { pipeline: [{ name: 'Restore', progress: ['Waiting since yesterday: for Godot'] }] };
    expect(withWaitLines(status)).toBe(status);
    expect(withWaitLines(undefined)).toBeUndefined();
    expect(withWaitLines({ pipeline: [{ name: 'Restore', waits: [] as never[] }] })).toEqual({
      pipeline: [{ name: 'Restore' }],
    });
  });
});
