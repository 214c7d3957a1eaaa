import { parseIpv6 } from './parse-ipv6.js';

/** Addresses no cluster and no store is at, but services of the machine or the cloud this service runs on. */
export type ForbiddenAddress = 'loopback' | 'linkLocal' | 'metadata';

/** Of Alibaba Cloud and of Oracle Cloud, which are not link-local as those of the others are. */
const METADATA_V4 = ['100.100.100.200', '192.0.0.192'];
/** fd00:ec2::/32 of AWS, with metadata, time and DNS. */
const METADATA_V6 = [0xfd00, 0x0ec2];

/** What kind of forbidden address an IP address is, in any of its spellings; undefined for all others and for host names. */
export function forbiddenAddress(address: string): ForbiddenAddress | undefined {
  const plain = address.replace(/^\[|\]$/g, '');
  if (!plain.includes(':')) return ofV4(plain);
  const words = parseIpv6(plain);
  if (words === undefined) return undefined;
  const [first = 0, second = 0] = words;
  const upper = words.slice(0, 6);
  const low = [words[6] ?? 0, words[7] ?? 0] as const;
  if (words.every((word) => word === 0) || (upper.every((word) => word === 0) && low[0] === 0 && low[1] === 1)) {
    return 'loopback';
  }
  if ((first & 0xffc0) === 0xfe80) return 'linkLocal';
  if (first === METADATA_V6[0] && second === METADATA_V6[1]) return 'metadata';
  return holdsV4(upper) ? ofV4(low.flatMap((word) => [word >> 8, word & 0xff]).join('.')) : undefined;
}

/** Mapped (::ffff:a.b.c.d), compatible (::a.b.c.d) and translated (64:ff9b::a.b.c.d) ones. */
const holdsV4 = (upper: readonly number[]): boolean =>
  ['0,0,0,0,0,65535', '0,0,0,0,0,0', '100,65435,0,0,0,0'].includes(upper.join());

function ofV4(address: string): ForbiddenAddress | undefined {
  const [first, second] = address.split('.');
  if (!/^\d{1,3}(\.\d{1,3}){3}$/.test(address)) return undefined;
  if (first === '127' || first === '0') return 'loopback';
  if (first === '169' && second === '254') return 'linkLocal';
  return METADATA_V4.includes(address) ? 'metadata' : undefined;
}

/** Why a connection was not made. */
export class AddressForbidden extends Error {
  override readonly name = 'AddressForbidden';
  readonly code = 'FORBIDDEN_ADDRESS';
}

/** Where no connection is made to: metadata services and link-local addresses never, loopback where the installation says so. */
export const isForbidden = (address: string, { refuseLoopback }: { refuseLoopback?: boolean }): boolean => {
  const kind = forbiddenAddress(address);
  return kind !== undefined && (kind !== 'loopback' || refuseLoopback === true);
};

interface Found {
  address: string;
  family: number;
}

/** As `dns.lookup` and `net.connect`'s `lookup` have it. */
type Lookup = (
  hostname: string,
  // biome-ignore lint/suspicious/noExplicitAny: passed on as it is.
  options: any,
  callback: (error: NodeJS.ErrnoException | null, address: string | Found[], family?: number) => void,
) => void;

/** A lookup of host names that finds no forbidden address: the check is of the address that is connected to, whatever a name meant before. */
export const guardedLookup =
  (lookup: Lookup, rule: { refuseLoopback?: boolean }): Lookup =>
  (hostname, options, callback) =>
    lookup(hostname, options, (error, address, family) => {
      const found = typeof address === 'string' ? [address] : (address ?? []).map((entry) => entry.address);
      if (!error && found.some((one) => isForbidden(one, rule))) {
        callback(new AddressForbidden(`${hostname} has a forbidden address`), '', family);
      } else {
        callback(error, address, family);
      }
    });
