import { expect, it } from 'vitest';
import { humanDuration } from './human-duration.js';

const MINUTE = 60;
const HOUR = 3600;
const DAY = 86400;

it.each([
  [-3, '0s'],
  [5, '5s'],
  [119, '119s'],
  [2 * MINUTE, '2m'],
  [2 * MINUTE + 30, '2m30s'],
  [10 * MINUTE + 30, '10m'],
  [3 * HOUR - 1, '179m'],
  [3 * HOUR + 20 * MINUTE, '3h20m'],
  [9 * HOUR + 5 * MINUTE, '9h'],
  [47 * HOUR, '47h'],
  [2 * DAY + 4 * HOUR, '2d4h'],
  [9 * DAY, '9d'],
  [3 * 365 * DAY + 40 * DAY, '3y40d'],
  [9 * 365 * DAY, '9y'],
])('%i seconds are %s', (seconds, text) => {
  expect(humanDuration(seconds * 1000)).toBe(text);
});
