import { describe, expect, it } from 'vitest';
import { processorTime } from '../../test/kit/process/event-loop-delay.js';
import { mergeConditions } from './conditions.js';
import { cutText } from './cut-text.js';
import { FAILURE, StepFailure } from './failure.js';
import { warn } from './findings.js';
import { JsonTooComplex, parseJson } from './parse-json.js';
import { pemCertificates } from './pem-certificates.js';

const huge = 'm'.repeat(1_000_000);

describe('a text from outside', () => {
  it('is cut to its bound, saying how much is missing', () => {
    expect(cutText('short')).toBe('short');
    expect(cutText(huge)).toHaveLength(2_048);
    expect(cutText(huge)).toMatch(/m … \(997952 more characters\)$/);
    expect(cutText('😀'.repeat(2_000)).isWellFormed()).toBe(true);
  });

  it('is cut before it stands in a failure or a condition', () => {
    const failure = new StepFailure({ type: FAILURE.Refused, what: huge, where: huge, why: huge, next: huge });
    expect(failure.message.length).toBeLessThan(10_000);
    expect(JSON.stringify(failure.report).length).toBeLessThan(10_000);
    const [condition] = mergeConditions([], [warn('SettingsIgnored', 'Invalid', huge)], '2026-01-01T00:00:00Z');
    expect(condition?.message.length).toBe(32_768);
  });

  it('stands in a condition as it is, whatever signs it holds', () => {
    const [condition] = mergeConditions(
      [],
      [warn('SettingsIgnored', 'x', 'items: []', ["$& $'"])],
      '2026-01-01T00:00:00Z',
    );
    expect(condition?.message).toBe("items: [$& $']");
  });
});

describe('JSON from outside', () => {
  it.each(['{"a":[1,2,{"b":"x,[{\\"y"}]}', '[]', '"\\\\"', '{"a":"\\u005b"}', '3'])('%s is read', (text) => {
    expect(parseJson(text)).toEqual(JSON.parse(text));
  });

  it('does not count what stands in texts', () => {
    const text = JSON.stringify({ data: '[{,"\\'.repeat(1_000_000) });
    expect(parseJson(text)).toEqual(JSON.parse(text));
  });

  it.each([
    ['many values', '{},'.repeat(2_000_000)],
    ['many commas', `[${'1,'.repeat(2_000_000)}1]`],
    ['many levels', '['.repeat(1_000_000)],
    ['many levels of objects', '{"a":'.repeat(1_000_000)],
  ])('of %s is refused before anything is made of it', (_name, text) => {
    const start = processorTime();
    expect(() => parseJson(text)).toThrow(JsonTooComplex);
    expect(processorTime() - start).toBeLessThan(250);
  });

  it.each(['"\\'.repeat(1_000_000), `"${'\\'.repeat(2_000_000)}`, '"'.repeat(3_000_001)])(
    'is measured in no time',
    (text) => {
      const start = processorTime();
      expect(() => parseJson(text)).toThrow();
      expect(processorTime() - start).toBeLessThan(250);
    },
  );
});

it('finds the certificates of a PEM text in one pass', () => {
  const pem = (body: string) => `-----BEGIN CERTIFICATE-----\n${body}\n-----END CERTIFICATE-----`;
  expect(pemCertificates(`# one\n${pem('A')}\n# two\n${pem('B')}`)).toEqual([pem('A'), pem('B')]);
  expect(pemCertificates('nothing')).toEqual([]);
  const start = processorTime();
  for (const text of ['-----BEGIN CERTIFICATE-----', '-----END CERTIFICATE-----', '-']) {
    expect(pemCertificates(text.repeat(100_000))).toEqual([]);
  }
  expect(processorTime() - start).toBeLessThan(250);
});
