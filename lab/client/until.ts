import { setTimeout as pause } from 'node:timers/promises';

/**
 * Looks again until `probe` gives a value.
 *
 * @throws Error after `seconds`, with what was waited for and what `describe` last saw
 */
export async function until<T>(
  what: string,
  probe: () => Promise<T | undefined>,
  { seconds, describe }: { seconds: number; describe?: () => Promise<string> },
): Promise<T> {
  const deadline = Date.now() + seconds * 1_000;
  for (;;) {
    const value = await probe();
    if (value !== undefined) return value;
    if (Date.now() > deadline) {
      throw new Error(`${what}: not so after ${seconds} s. ${(await describe?.()) ?? ''}`);
    }
    await pause(250);
  }
}
