import { expect, it } from 'vitest';
import { UnknownKeyError } from '../migrations-db/known-keys.js';
import { explainStartFailure } from './start-failure.js';

it('a key that stored values need is missing: says which, and how it is done without', () => {
  expect(explainStartFailure(new UnknownKeyError([{ id: 'abc123', count: 7 }]))).toEqual([
    'MTC_ENCRYPTION_KEY: stored values of Secrets and playbooks of MigHooks were encrypted with a key that is not among those given (7 with key abc123). ' +
      'Add that key after the current one, until `npm run rotate-keys` has said that nothing needs it.',
  ]);
});
