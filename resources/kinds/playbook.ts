/** Bytes a ConfigMap holds at most, less what its metadata takes. */
export const LARGEST_PLAYBOOK = 1_000_000;

const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

/** The text of a playbook in base64 (line breaks are taken, as `base64` prints them); undefined when it is none, or not UTF-8. */
export function decodePlaybook(playbook: string): string | undefined {
  const packed = playbook.replaceAll(/\s/g, '');
  if (!BASE64.test(packed) || packed.length % 4 !== 0) return undefined;
  try {
    const bytes = Uint8Array.from(atob(packed), (char) => char.charCodeAt(0));
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
