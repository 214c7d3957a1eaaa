const MEASURED_MS = 30;

/**
 * How much longer work takes now than on a machine that has nothing else to do, at least 1: what a limit of time is multiplied by, where
 * other processes take their share of the processor while a test measures.
 */
export function slowness(): number {
  const began = performance.now();
  const cpu = process.cpuUsage();
  const used = (): number => {
    const { user, system } = process.cpuUsage(cpu);
    return (user + system) / 1_000;
  };
  while (used() < MEASURED_MS);
  return Math.max(1, (performance.now() - began) / used());
}
