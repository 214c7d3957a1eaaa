// The certificate library's own need; it asks for it when it is loaded.
import 'reflect-metadata';
import { fileURLToPath } from 'node:url';
import { Command, InvalidArgumentError, Option } from 'commander';
import { execa } from 'execa';
import { labValues } from '../lab/client/lab-values.js';
import { BenchSystem } from './bench-system.js';
import { BENCHMARKS } from './benchmarks/index.js';
import { removeNamespaces } from './cleaning.js';
import { jsonLine, type Outcome, table } from './report.js';
import { summarize } from './statistics.js';
import { removeBackups } from './velero-cleaning.js';

const checkout = fileURLToPath(new URL('../', import.meta.url));
const names = BENCHMARKS.map(({ name }) => name);
const options = new Command('bench')
  .description(
    'Compares the system with the same work done by hand with kubectl, Velero and rsync, on the two clusters of the lab',
  )
  .option('--json', 'print one line {"name","ours","bare","ratio","unit"} per benchmark instead of the table')
  .option('--pairs <number>', 'how often both ways are measured, in turns', positiveInteger, 7)
  .addOption(new Option('--only <name>', 'run one benchmark').choices(names))
  .parse()
  .opts<{ json?: boolean; pairs: number; only?: string }>();

// Standard output is for the results alone.
const say = (line: string): void => console.error(line);
const chosen = BENCHMARKS.filter(({ name }) => options.only === undefined || name === options.only);
const system = await BenchSystem.start(await environment(), say);
// The service must not outlive an interrupted run; what is left in the clusters goes at the next one's start.
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void system.stop().finally(() => process.exit(1)));
}
try {
  await clean(system);
  const outcomes: Outcome[] = [];
  for (const benchmark of chosen) {
    say(`▸ ${benchmark.name}: ${benchmark.description}`);
    const outcome = { benchmark, summary: summarize(await benchmark.run(system, options.pairs)) };
    outcomes.push(outcome);
    if (options.json) console.log(jsonLine(outcome));
  }
  if (!options.json) console.log(table(outcomes));
} finally {
  await clean(system).finally(() => system.stop());
}

/** Two clusters by the environment (kind, OpenShift …), else those of the lab, which is brought up. */
async function environment(): Promise<Record<string, string>> {
  const { SOURCE_KUBECONFIG, TARGET_KUBECONFIG } = process.env;
  if (SOURCE_KUBECONFIG !== undefined && TARGET_KUBECONFIG !== undefined) return process.env as Record<string, string>;
  await execa('tsx', ['lab/main.ts', 'up'], {
    cwd: checkout,
    preferLocal: true,
    stdout: process.stderr,
    stderr: 'inherit',
  });
  return labValues();
}

/** What this run or one that was interrupted left. */
async function clean({ source, target }: BenchSystem): Promise<void> {
  await removeBackups(source, target);
  await Promise.all([source, target].map((cluster) => removeNamespaces(cluster)));
}

function positiveInteger(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1) throw new InvalidArgumentError('It must be a positive integer.');
  return number;
}
