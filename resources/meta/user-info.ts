import type { FieldError } from './kind-definition.js';

/** Characters of an address in a spec. */
const LONGEST_ADDRESS = 2_048;

/** Whether a URL, or the address of a registry without a scheme, carries a user name or a password. */
export function hasUserInfo(address: string): boolean {
  const url = URL.parse(address);
  if (url && (url.username !== '' || url.password !== '')) return true;
  // What is not a URL is shown in messages all the same.
  return /^\s*([a-z][a-z0-9+.-]*:)?[/\\]*[^/?#\\]*@/i.test(address.slice(0, LONGEST_ADDRESS));
}

/** An address as it may be shown. */
export const shownAddress = (address: string): string =>
  hasUserInfo(address) ? '(an address with a user name or password)' : address;

/**
 * Mistakes in fields that hold addresses: what they say is shown in columns, conditions, Events and logs, so a password has no place there.
 *
 * @param addresses by field
 */
export const addressErrors = (addresses: Record<string, unknown>): FieldError[] =>
  Object.entries(addresses).flatMap(([field, address]): FieldError[] => {
    if (typeof address !== 'string') return [];
    if (address.length > LONGEST_ADDRESS) {
      return [{ field, reason: 'FieldValueInvalid', message: `must have at most ${LONGEST_ADDRESS} characters` }];
    }
    if (!hasUserInfo(address)) return [];
    const message =
      'must not hold a user name or password: an address is shown to everyone who may read the object. Remove what stands before the @; credentials belong into the Secret';
    return [{ field, reason: 'FieldValueForbidden', message }];
  });
