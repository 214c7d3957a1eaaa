/** How many things a message names. */
export const LISTED = 5;

interface Listing {
  /** How many are named. */
  most?: number;
  /** How many there are, where not all of them are given. */
  total?: number;
}

/** `a, b, c and 4 more` */
export function listSome(items: readonly string[], { most = LISTED, total = items.length }: Listing = {}): string {
  const rest = total - most;
  return `${items.slice(0, most).join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
}

/** The first sentences, and how many more there are: `A is up. B is up. And 3 more.` */
export function someSentences(items: readonly string[], { most = LISTED, total = items.length }: Listing = {}): string {
  const rest = total - most;
  return `${items.slice(0, most).join(' ')}${rest > 0 ? ` And ${rest} more.` : ''}`;
}
