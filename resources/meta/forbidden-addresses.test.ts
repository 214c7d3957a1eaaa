import { describe, expect, it } from 'vitest';
import { forbiddenAddress, guardedLookup, isForbidden } from './forbidden-addresses.js';

describe('an address', () => {
  it.each([
    ['127.0.0.1', 'loopback'],
    ['127.8.8.8', 'loopback'],
    ['0.0.0.0', 'loopback'],
    ['::1', 'loopback'],
    ['[::1]', 'loopback'],
    ['::', 'loopback'],
    ['0:0:0:0:0:0:0:1', 'loopback'],
    ['::ffff:127.0.0.1', 'loopback'],
    ['::ffff:7f00:1', 'loopback'],
    ['169.254.169.254', 'linkLocal'],
    ['169.254.0.1', 'linkLocal'],
    ['::ffff:169.254.169.254', 'linkLocal'],
    ['[::ffff:a9fe:a9fe]', 'linkLocal'],
    ['64:ff9b::169.254.169.254', 'linkLocal'],
    ['::a9fe:a9fe', 'linkLocal'],
    ['fe80::1%eth0', 'linkLocal'],
    ['febf::1', 'linkLocal'],
    ['fd00:ec2::254', 'metadata'],
    ['FD00:0EC2::254', 'metadata'],
    ['100.100.100.200', 'metadata'],
    ['192.0.0.192', 'metadata'],
    ['10.0.0.1', undefined],
    ['172.18.0.2', undefined],
    ['192.168.1.1', undefined],
    ['198.18.2.1', undefined],
    ['169.253.0.1', undefined],
    ['fd00:ec3::254', undefined],
    ['fec0::1', undefined],
    ['2001:db8::1', undefined],
    ['::ffff:10.0.0.1', undefined],
    ['api.example.com', undefined],
    ['1.2.3', undefined],
    [':::', undefined],
    ['', undefined],
  ])('%s is %s', (address, kind) => expect(forbiddenAddress(address)).toBe(kind));

  it('of this machine is refused where the installation says so, those of the cloud always', () => {
    for (const [address, byDefault] of [
      ['127.0.0.1', false],
      ['169.254.169.254', true],
      ['fd00:ec2::254', true],
    ] as const) {
      expect(isForbidden(address, {})).toBe(byDefault);
      expect(isForbidden(address, { refuseLoopback: true })).toBe(true);
    }
    expect(isForbidden('10.0.0.1', { refuseLoopback: true })).toBe(false);
  });
});

describe('a host name', () => {
  const look = (found: string | { address: string; family: number }[]) =>
    new Promise((resolve) => {
      const lookup = guardedLookup((_host, _options, callback) => callback(null, found, 4), {});
      lookup('api.example.com', { all: true }, (error, address) => resolve(error ?? address));
    });

  it.each([
    ['one address', '169.254.169.254'],
    [
      'an address among others',
      [
        { address: '10.0.0.1', family: 4 },
        { address: 'fd00:ec2::254', family: 6 },
      ],
    ],
  ])('that means %s of a metadata service is refused', async (_name, found) => {
    expect(await look(found)).toMatchObject({ code: 'FORBIDDEN_ADDRESS' });
  });

  it('that means others is taken', async () => {
    expect(await look('10.0.0.1')).toBe('10.0.0.1');
    expect(await look([{ address: '10.0.0.1', family: 4 }])).toEqual([{ address: '10.0.0.1', family: 4 }]);
  });
});
