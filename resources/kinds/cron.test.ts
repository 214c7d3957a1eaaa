import { describe, expect, it } from 'vitest';
import { readCron } from './cron.js';

describe('a cron expression', () => {
  it.each([
    ['*/15 * * * *', ['*/15 * * * *']],
    ['  0   2 * *  7 ', ['0 2 * * 7']],
    ['30 1-5/2,22 * JAN-mar,dec Mon-Fri', ['30 1-5/2,22 * jan-mar,dec mon-fri']],
    ['5/20 * * * *', ['5/20 * * * *']],
    ['@daily', ['0 0 * * *']],
    ['@hourly', ['0 * * * *']],
    ['0 0 29 2 *', ['0 0 29 2 *']],
    ['0 0 31 2,3 *', ['0 0 31 2,3 *']],
  ])('%j is taken', (text, expressions) => {
    expect(readCron(text)).toEqual(expressions);
  });

  it.each([
    ['0 0 13 * fri', ['0 0 13 * *', '0 0 * * fri']],
    ['0 0 */2 6 1', ['0 0 */2 6 *', '0 0 * 6 1']],
    ['0 0 */1 * 1', ['0 0 */1 * 1']],
    // The day of month never comes, the day of week does.
    ['0 0 31 2 1', ['0 0 31 2 *', '0 0 * 2 1']],
  ])('%j means day of month or day of week, as a CronJob does', (text, expressions) => {
    expect(readCron(text)).toEqual(expressions);
  });

  it.each([
    ['', 'has 0 fields; write five'],
    ['* * * *', 'has 4 fields'],
    ['0 0 * * * *', 'has 6 fields'],
    ['TZ=UTC 0 0 * * *', 'has 6 fields'],
    ['@every 1h', 'has 2 fields'],
    ['@noon', 'has 1 fields'],
    ['60 * * * *', '"60" is not a valid minute: write 0 to 59'],
    ['0 24 * * *', '"24" is not a valid hour'],
    ['0 0 0 * *', '"0" is not a valid day of month'],
    ['0 0 * 13 *', '"13" is not a valid month: write 1 to 12 or jan'],
    ['0 0 * * 8', '"8" is not a valid day of week'],
    ['0 0 * * sunday', '"sunday" is not a valid day of week'],
    ['mon 0 * * *', '"mon" is not a valid minute'],
    ['0 0 L * *', '"l" is not a valid day of month'],
    ['0 0 ? * 1', '"?" is not a valid day of month'],
    ['0 0 * * 5#2', '"5#2" is not a valid day of week'],
    ['0 0 1,,2 * *', '"" is not a valid day of month'],
    ['0 22-2 * * *', '"22-2" of hour ends before it begins'],
    ['0 0 * * fri-mon', 'ends before it begins'],
    ['*-5 * * * *', '"*-5" is not a valid minute'],
    ['*/0 * * * *', 'the step of "*/0" of minute must be from 1 to 59'],
    ['*/70 * * * *', 'must be from 1 to 59'],
    ['-5 * * * *', '"-5" is not a valid minute'],
    ['0 0 31 2,4 *', 'never comes'],
  ])('%j is refused', (text, message) => {
    expect(() => readCron(text)).toThrow(message);
  });
});
