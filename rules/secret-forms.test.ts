import { generateKeyPairSync } from 'node:crypto';
import { expect, it } from 'vitest';
import { findSecrets } from './secret-forms.js';

const { privateKey } = generateKeyPairSync('ec', {
  namedCurve: 'P-256',
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
});
const base64 = (text: string) => Buffer.from(text).toString('base64');
const jwt = [{ alg: 'RS256', kid: 'x' }, { iss: 'kubernetes/serviceaccount' }]
  .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
  .join('.');

// Put together here: the rule looks at this file too.
it.each([
  ['a private key', privateKey],
  ['a private key in base64', `client-key-data: ${base64(privateKey)}`],
  ['an access key of AWS', `id: AKIA${'A1'.repeat(8)}`],
  ['a token of GitHub', `ghp_${'a1'.repeat(18)}`],
  ['a token of npm', `npm_${'a1'.repeat(18)}`],
  ['a login of a registry', `//registry/:_authToken=${'a1'.repeat(18)}`],
  ['a token of a service account or user', `token: ${jwt}.${'s'.repeat(86)}`],
  ['a token of OpenShift', `sha256~${'a'.repeat(43)}`],
])('%s is found, by its line, and not repeated', (name, text) => {
  const found = findSecrets(`first\nsecond\n${text}`);
  expect(found).toEqual([`3: ${name}`]);
});

it.each(['planted-secret-token', '-----BEGIN PRIVATE KEY-----', 'sha256~x', 'npm_config_cache', 'AKIAIOSFODNN7'])(
  'what only looks like one is not: %s',
  (text) => expect(findSecrets(text)).toEqual([]),
);
