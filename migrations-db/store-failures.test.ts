import { QueryFailedError } from 'typeorm';
import { expect, it } from 'vitest';
import { StoreError } from './migration-store.js';
import { asStoreError, CallerError } from './store-failures.js';

const failure = (code: string, message = 'no') => Object.assign(new Error(message), { code });
const failedQuery = (code: string) => new QueryFailedError('SELECT 1', [], failure(code));
const reasonOf = (error: unknown) => (error instanceof StoreError ? error.reason : undefined);

it.each([
  ['08006', 'Unavailable'],
  ['40001', 'Unavailable'],
  ['53300', 'Unavailable'],
  ['57P03', 'Unavailable'],
  ['58030', 'Unavailable'],
  ['57014', 'TimedOut'],
  ['55P03', 'Unavailable'],
  ['25006', 'Unavailable'],
  ['22021', 'Invalid'],
  ['22P05', 'Invalid'],
])('takes SQLSTATE %s for %s', (code, reason) => {
  expect(reasonOf(asStoreError(failedQuery(code)))).toBe(reason);
});

it.each(['400', '4096', '53', '570000', '08-00', '42P01', '23505', ''])('leaves code %j as it is', (code) => {
  const error = failedQuery(code);
  expect(asStoreError(error)).toBe(error);
});

it.each([
  ['a refused connection', failure('ECONNREFUSED')],
  ['a broken one', new Error('Connection terminated unexpectedly')],
  ['several addresses that all refuse', new AggregateError([failure('ECONNREFUSED')])],
])('takes %s for Unavailable', (_, error) => {
  expect(reasonOf(asStoreError(error))).toBe('Unavailable');
});

it("hands out what a caller's function threw, whatever it looks like", () => {
  const thrown = failure('ECONNREFUSED');
  expect(asStoreError(new CallerError(thrown))).toBe(thrown);
});
