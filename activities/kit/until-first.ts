/** Runs tasks side by side until the first settles, ends the others through their signal and waits until they have ended. */
export async function untilFirst<T>(
  signal: AbortSignal,
  tasks: readonly ((signal: AbortSignal) => Promise<T>)[],
): Promise<T> {
  const stop = new AbortController();
  const common = AbortSignal.any([signal, stop.signal]);
  const running = tasks.map((task) => task(common));
  try {
    return await Promise.race(running);
  } finally {
    stop.abort();
    await Promise.allSettled(running);
  }
}

/** Rejects with the signal's reason when it aborts. */
export const aborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    else signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
