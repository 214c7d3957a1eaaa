import { describe, expect, it } from 'vitest';
import { checkTimeZone, readInstant } from './local-time.js';

describe('a time zone', () => {
  it.each(['UTC', 'GMT', 'Europe/Berlin', 'America/Argentina/Buenos_Aires', 'US/Eastern', 'Asia/Kolkata', 'Etc/GMT+1'])(
    '%s is known',
    (name) => {
      expect(() => checkTimeZone(name)).not.toThrow();
    },
  );

  it.each([
    ['Europe/Berlim', 'did you mean Europe/Berlin?'],
    ['europe/berlin', 'did you mean Europe/Berlin?'],
    ['utc', 'did you mean UTC?'],
    ['Japan', 'did you mean Asia/Tokyo?'],
    ['+02:00', 'is not a valid time zone; write a name of the IANA database such as Europe/Berlin'],
    ['Local', 'is not a valid time zone'],
    ['Mars/Olympus_Mons', 'is not a valid time zone'],
    ['', 'is not a valid time zone'],
  ])('%j is refused', (name, message) => {
    expect(() => checkTimeZone(name)).toThrow(message);
  });
});

describe('an instant', () => {
  it.each([
    ['2026-11-29T02:00:00', 'Europe/Berlin', '2026-11-29T01:00:00Z'],
    ['2026-11-29T02:00', 'America/New_York', '2026-11-29T07:00:00Z'],
    ['2026-07-01T00:15:30', 'Asia/Kolkata', '2026-06-30T18:45:30Z'],
    ['2026-11-29T02:00:00', 'UTC', '2026-11-29T02:00:00Z'],
    ['2026-11-29T02:00:00Z', 'Europe/Berlin', '2026-11-29T02:00:00Z'],
    ['2026-11-29T02:00:00.5+05:30', 'Europe/Berlin', '2026-11-28T20:30:00Z'],
    ['2028-02-29T12:00:00', 'Pacific/Kiritimati', '2028-02-28T22:00:00Z'],
    // The hours around a change of the clocks.
    ['2027-03-28T01:59:59', 'Europe/Berlin', '2027-03-28T00:59:59Z'],
    ['2027-03-28T03:00:00', 'Europe/Berlin', '2027-03-28T01:00:00Z'],
    ['2026-10-25T03:00:00', 'Europe/Berlin', '2026-10-25T02:00:00Z'],
  ])('%s in %s is %s', (text, zone, utc) => {
    expect(readInstant(text, zone)).toEqual({ at: new Date(utc) });
  });

  it('that comes twice is the first one', () => {
    expect(readInstant('2026-10-25T02:30:00', 'Europe/Berlin')).toEqual({
      at: new Date('2026-10-25T00:30:00Z'),
      again: new Date('2026-10-25T01:30:00Z'),
    });
  });

  it.each([
    ['2027-03-28T02:30:00', 'Europe/Berlin', '2027-03-28T03:30:00'],
    ['2027-03-14T02:00:00', 'America/New_York', '2027-03-14T03:00:00'],
    ['2026-10-04T02:15:00', 'Australia/Lord_Howe', '2026-10-04T02:45:00'],
    // Samoa left out a whole day.
    ['2011-12-30T12:00:00', 'Pacific/Apia', '2011-12-31T12:00:00'],
  ])('%s does not exist in %s', (text, zone, later) => {
    expect(() => readInstant(text, zone)).toThrow(
      `${text} does not exist in ${zone}: clocks are put forward over it. Write an earlier time or ${later}`,
    );
  });

  it.each(['tomorrow', '2026-11-29', '2026-11-29 02:00:00', '2026-02-30T02:00:00', '2026-11-29T24:00:00', '02:00', ''])(
    '%j is none',
    (text) => {
      expect(() => readInstant(text, 'Europe/Berlin')).toThrow('is not a valid time; write it as 2026-11-29T02:00:00');
    },
  );

  it('has an offset that is one', () => {
    expect(() => readInstant('2026-11-29T02:00:00+99:00', 'UTC')).toThrow('offset');
  });
});
