import { describe, expect, it } from 'vitest';
import { makeServerCertificate } from '../test/kit/cluster/certificates.js';
import { type ClusterAccess, connectionSettings } from './cluster-access.js';

const access: ClusterAccess = { name: 'source', server: 'https://api.example.com:6443/', token: 'planted-token' };

describe('connectionSettings', () => {
  it('splits the URL and trims the token', () => {
    expect(connectionSettings({ ...access, token: 'planted-token\n' })).toMatchObject({
      origin: 'https://api.example.com:6443',
      basePath: '',
      headers: { authorization: 'Bearer planted-token' },
      tls: { rejectUnauthorized: true },
    });
    expect(connectionSettings(access).tls.ca).toBeUndefined();
  });

  it('decodes a bundle of several authorities', async () => {
    const [one, two] = await Promise.all([makeServerCertificate(), makeServerCertificate()]);
    const caBundle = Buffer.from(`# first\n${one.ca}\n# second\n${two.ca}`).toString('base64');
    expect(connectionSettings({ ...access, caBundle }).tls.ca?.match(/BEGIN CERTIFICATE/g)).toHaveLength(2);
  });

  it.each([
    ['spec.url', { server: 'api.example.com' }, 'is not a URL like'],
    ['spec.url', { server: 'ftp://api.example.com' }, 'is not a URL like'],
    ['spec.url', { server: 'http://api.example.com' }, 'which would send the token in plain text'],
    ['spec.url', { server: 'https://admin:planted@api.example.com' }, 'holds a user name or password'],
    ['saToken', { token: 'planted token' }, 'holds spaces'],
    ['spec.caBundle', { caBundle: 'AAAA' }, 'is not base64 of PEM certificates'],
    [
      'spec.caBundle',
      { caBundle: Buffer.from('-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----').toString('base64') },
      'is not base64 of PEM certificates',
    ],
  ])('refuses a wrong %s: %j', (field, changes, message) => {
    const attempt = () => connectionSettings({ ...access, ...changes });
    expect(attempt).toThrow(expect.objectContaining({ field, message: expect.stringContaining(message) }));
    expect(attempt).not.toThrow(/planted/);
  });
});
