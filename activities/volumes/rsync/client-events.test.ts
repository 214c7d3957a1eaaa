import { describe, expect, it } from 'vitest';
import { parseClientEvent, parseRsyncProgress, parseTransferReport } from './client-events.js';

const counts = { files: 2, directories: 1, links: 0, others: 0, bytes: 10, sparse: 0, owners: ['0:0'] };
const result = {
  event: 'result',
  outcome: 'copied',
  exit: 0,
  sessions: 1,
  seconds: 0.5,
  sentBytes: 100,
  vanished: 0,
  files: 2,
  bytes: 10,
  source: counts,
  target: counts,
  space: { availableBytes: 1, freeInodes: 1 },
  errors: [],
};

describe("the client's log", () => {
  it.each([
    ['counted', { event: 'counted', source: counts }],
    ['waiting', { event: 'waiting', why: 'Connection refused' }],
    ['progress', { event: 'progress', total: counts, sentBytes: 5, rsync: '' }],
    ['retry', { event: 'retry', session: 1, exit: 30, why: ['io timeout'] }],
    ['result', result],
    ['result of a server that could not be asked', { ...result, outcome: 'unreachable', target: null, space: null }],
  ])('is understood: %s', (_, event) => {
    expect(parseClientEvent(JSON.stringify(event))).toEqual(event);
  });

  it.each(['', 'stunnel: something', '{"event":"progress"', '{"event":"news"}', '{"event":"retry","session":"1"}'])(
    'holds lines of others: %s',
    (line) => {
      expect(parseClientEvent(line)).toBeUndefined();
    },
  );

  it('and the termination message hold the same result', () => {
    expect(parseTransferReport(JSON.stringify(result))).toEqual(result);
    expect(parseTransferReport('{"event":"waiting","why":""}')).toBeUndefined();
    expect(parseTransferReport(undefined)).toBeUndefined();
  });
});

describe("rsync's progress line", () => {
  it.each([
    ['       125829120  25%  103.18MB/s    0:00:01 (xfr#2, to-chk=6/9) ', { bytes: 125829120, checked: 3 }],
    ['            4096   0%    0.00kB/s    0:00:00 (xfr#1, ir-chk=1199/1251)', { bytes: 4096, checked: 52 }],
    ['large', undefined],
    ['', undefined],
  ])('%j', (line, expected) => {
    expect(parseRsyncProgress(line)).toEqual(expected);
  });
});
