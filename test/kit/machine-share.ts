import { readFileSync } from 'node:fs';

/** Nanoseconds that the main thread ran, and that it was ready to run while others did; Linux tells. */
function scheduled(): { ran: number; waited: number } | undefined {
  try {
    const [ran = 0, waited = 0] = readFileSync('/proc/self/schedstat', 'utf8').split(' ').map(Number);
    return { ran, waited };
  } catch {
    return undefined;
  }
}

/**
 * Tells when it is called again how much longer work has taken since than on a machine that has nothing else to do, at least 1: what a limit
 * of time is multiplied by, where other processes take their share of the processors while a test measures.
 */
export function slownessFromNow(): () => number {
  const before = scheduled();
  return () => {
    const after = scheduled();
    if (!before || !after || after.ran === before.ran) return 1;
    const [ran, waited] = [after.ran - before.ran, after.waited - before.waited];
    return (ran + waited) / ran;
  };
}
