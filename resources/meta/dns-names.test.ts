import { expect, it } from 'vitest';
import { isDnsLabel, isDnsSubdomain } from './dns-names.js';

it.each([
  ['shop', true, true],
  ['shop-2', true, true],
  ['shop.example.com', false, true],
  ['x'.repeat(63), true, true],
  // As Kubernetes has it: the length of the parts of a subdomain is not limited.
  ['x'.repeat(64), false, true],
  ['x'.repeat(254), false, false],
  ['Shop', false, false],
  ['-shop', false, false],
  ['shop-', false, false],
  ['shop..example', false, false],
  ['', false, false],
])('%s: label %s, subdomain %s', (name, label, subdomain) => {
  expect([isDnsLabel(name), isDnsSubdomain(name)]).toEqual([label, subdomain]);
});
