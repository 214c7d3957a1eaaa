/** The eight words of an IPv6 address, its last two perhaps written as IPv4; undefined when it is none. A zone is left out. */
export function parseIpv6(text: string): number[] | undefined {
  const [address = ''] = text.split('%', 1);
  const halves = address.split('::');
  if (halves.length > 2) return undefined;
  const [head, tail] = halves.map(wordsOf);
  if (head === undefined || (halves.length === 2 && tail === undefined)) return undefined;
  if (halves.length === 1) return head.length === 8 ? head : undefined;
  const missing = 8 - head.length - (tail?.length ?? 0);
  return missing < 1 ? undefined : [...head, ...Array<number>(missing).fill(0), ...(tail ?? [])];
}

function wordsOf(half: string): number[] | undefined {
  if (half === '') return [];
  const words = half.split(':').flatMap((part) => {
    const bytes = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(part)?.slice(1).map(Number);
    if (bytes) return [wordOf(bytes[0], bytes[1]), wordOf(bytes[2], bytes[3])];
    return [/^[0-9a-f]{1,4}$/i.test(part) ? Number.parseInt(part, 16) : Number.NaN];
  });
  return words.some(Number.isNaN) ? undefined : words;
}

const wordOf = (high = 0, low = 0): number => (high > 255 || low > 255 ? Number.NaN : high * 256 + low);
