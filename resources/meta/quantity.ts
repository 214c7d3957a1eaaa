const UNITS: Record<string, number> = {
  '': 1,
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

/** Reads a Kubernetes quantity (`10Gi`, `1e9`, `500M`) as a number; NaN when it is none. */
export function parseQuantity(text: string | number): number {
  const [, number = '', unit = ''] = /^([+-]?[\d.]+(?:[eE][+-]?\d+)?)([A-Za-z]*)$/.exec(String(text).trim()) ?? [];
  return number === '' ? Number.NaN : Number(number) * (UNITS[unit] ?? Number.NaN);
}
