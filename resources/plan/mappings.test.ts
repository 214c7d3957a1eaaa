import { expect, it } from 'vitest';
import { parseMapping } from './mappings.js';

it.each([
  ['shop', 'shop', 'shop'],
  ['shop:store', 'shop', 'store'],
  ['shop:', 'shop', 'shop'],
  [' shop : store ', 'shop', 'store'],
  ['', '', ''],
])('reads %j', (text, source, target) => {
  expect(parseMapping(text)).toEqual({ source, target });
});
