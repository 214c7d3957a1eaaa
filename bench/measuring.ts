/** One measurement of both ways, in the benchmark's unit. */
export interface Sample {
  ours: number;
  bare: number;
}

/** Measures ours and by hand in turns, so that whatever else the machine does meets both. */
export async function alternate(
  pairs: number,
  {
    prepare,
    ours,
    bare,
  }: {
    /** What both need, and what may disturb neither. */
    prepare?: (pair: number) => Promise<unknown>;
    ours: (pair: number) => Promise<number>;
    bare: (pair: number) => Promise<number>;
  },
  say: (line: string) => void,
): Promise<Sample[]> {
  const samples: Sample[] = [];
  for (let pair = 1; pair <= pairs; pair += 1) {
    await prepare?.(pair);
    const sample = { ours: await ours(pair), bare: await bare(pair) };
    samples.push(sample);
    say(`pair ${pair}: ours ${sample.ours.toFixed(2)}, by hand ${sample.bare.toFixed(2)}`);
  }
  return samples;
}

/** Seconds that something took, with what it gave. */
export async function timed<T>(work: () => Promise<T>): Promise<{ seconds: number; result: T }> {
  const began = performance.now();
  const result = await work();
  return { seconds: (performance.now() - began) / 1_000, result };
}
