// cspell:ignore nghi
import { expect, it } from 'vitest';
import { parseTokens } from './token-file.js';

it('reads a line for each token', () => {
  expect(parseTokens('# comment\n\nabc\ndef, operator\r\nghi,metrics,prometheus\n')).toEqual([
    { token: 'abc', role: 'admin', name: 'mtc-admin' },
    { token: 'def', role: 'operator', name: 'mtc-operator' },
    { token: 'ghi', role: 'metrics', name: 'prometheus' },
  ]);
});

it.each([
  ['planted,metrics', /no token of role admin/],
  ['', /no token of role admin/],
  ['planted\nplanted,operator', /one token twice/],
  ['ok\nplanted,king', /line 2 .* unknown role: write one of admin, operator, metrics/],
  ['ok\n\nplanted,admin,a b', /line 3 .* name/],
  ['planted with spaces', /line 1 .* spaces/],
  ['planted,admin,a,b', /line 1 .* three parts/],
  [`planted${'x'.repeat(65_536)}`, /more than/],
])('refuses %j without saying what stands there', (text, message) => {
  const failure = (() => {
    try {
      return parseTokens(text);
    } catch (error) {
      return error as Error;
    }
  })();
  expect(failure).toMatchObject({ message: expect.stringMatching(message) });
  expect(String(failure)).not.toContain('planted');
});
